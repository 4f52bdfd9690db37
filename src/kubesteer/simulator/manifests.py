"""Manifests: reading them, and putting them into the cluster before or while it runs."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec
import yaml

from kubesteer.simulator.conversion import to_stored
from kubesteer.simulator.defaults import fill_defaults
from kubesteer.simulator.names import new_uid
from kubesteer.simulator.nodes import node_status
from kubesteer.simulator.objects import Obj, ensure, items, name_of, namespace_of, uid_of
from kubesteer.simulator.registry import Resource
from kubesteer.simulator.resources import GATEWAYS
from kubesteer.simulator.store import encode
from kubesteer.simulator.writes import Cluster, Writer

Manifests = str | Path | Iterable[Obj]
WRITER = Writer("kubectl-client-side-apply", validation="Strict")
FIRST = ("Namespace", "CustomResourceDefinition", "PriorityClass", "StorageClass", "Node", "ServiceAccount")
"""Kinds that others need; the rest keep the order of the manifests."""


class ManifestError(ValueError):
    """A manifest that cannot be loaded; the message says which, and why."""


def read_manifests(source: Manifests) -> list[Obj]:
    """The objects of a YAML or JSON file, of a folder of such files, or given as they are; Lists are opened.

    Raises ManifestError for what is no object, OSError for a file that cannot be read.
    """
    if isinstance(source, str | Path):
        documents = list(_documents(Path(source)))
    else:
        documents = list(source)
    found: list[Obj] = []
    for document in documents:
        found += _opened(_plain(document))
    rank = {kind: index for index, kind in enumerate(FIRST)}
    return sorted(found, key=lambda obj: rank.get(obj["kind"], len(FIRST)))


def _plain(document: object) -> object:
    """A copy in the shape of JSON: times in YAML become text."""
    try:
        copy: object = msgspec.json.decode(encode(document))
    except (TypeError, ValueError) as error:
        raise ManifestError(f"not a manifest: {error}") from None
    return copy


def _documents(path: Path) -> Iterator[object]:
    files = (
        sorted(p for p in path.rglob("*") if p.suffix in (".yaml", ".yml", ".json"))
        if path.is_dir()
        else [path]
    )
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    for file in files:
        try:
            yield from yaml.load_all(file.read_text(encoding="utf-8"), loader)
        except yaml.YAMLError as error:
            raise ManifestError(f"{file}: {error}") from None


def _opened(document: object) -> list[Obj]:
    if document is None:
        return []
    if not isinstance(document, dict) or not isinstance(document.get("kind"), str):
        raise ManifestError(f"not a manifest: {str(document)[:80]!r} has no kind")
    kind = document["kind"]
    if kind.endswith("List") and isinstance(document.get("items"), list):
        single = {"apiVersion": document.get("apiVersion"), "kind": kind.removesuffix("List")}
        return [found for item in document["items"] for found in _opened(_typed(item, single))]
    if not isinstance(document.get("apiVersion"), str) or not isinstance(document.get("metadata"), dict):
        raise ManifestError(f"not a manifest: a {kind} without apiVersion or metadata")
    return [document]


def _typed(item: object, single: Obj) -> object:
    return {**single, **item} if isinstance(item, dict) and single["kind"] else item


def load(cluster: Cluster, manifests: list[Obj], *, frozen: bool) -> None:
    """Create every object; namespaces that are missing are made. An object that exists is replaced.

    In a frozen cluster an object is stored as it is given, status, uid and times included. Raises
    ManifestError for a kind that is not served, Failure for an object that the API server refuses.
    """
    ready: set[str] = set()
    for obj in manifests:
        resource = _resource(cluster, obj)
        if resource is None:
            raise ManifestError(f"{obj['kind']} {name_of(obj)}: {obj['apiVersion']} is not served")
        if resource.namespaced:
            namespace = ensure(obj, "metadata").setdefault("namespace", "default")
            if namespace not in ready:
                _ensure_namespace(cluster, namespace)
                ready.add(namespace)
        if frozen:
            _store(cluster, resource, obj)
        else:
            _create(cluster, resource, obj)


def _resource(cluster: Cluster, obj: Obj) -> Resource | None:
    found = cluster.registry.of_kind(obj["apiVersion"], obj["kind"])
    if found is None and any(g.api_version == obj["apiVersion"] for g in GATEWAYS):
        for gateway in GATEWAYS:
            cluster.registry.add(gateway)
        return cluster.registry.of_kind(obj["apiVersion"], obj["kind"])
    return found


def _ensure_namespace(cluster: Cluster, name: str) -> None:
    wanted: list[Obj] = [
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}},
        {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "default", "namespace": name}},
    ]
    for obj in wanted:
        resource = cluster.registry.of_kind("v1", obj["kind"])
        if resource and cluster.store.entry(resource.key, namespace_of(obj), name_of(obj)) is None:
            cluster.create(resource, obj, WRITER)


def _create(cluster: Cluster, resource: Resource, obj: Obj) -> None:
    obj = to_stored(obj, resource)
    ensure(obj, "metadata").pop("resourceVersion", None)
    if obj["kind"] == "Node" and not obj.get("status"):
        obj["status"] = node_status(cluster.clock.stamp())
    if cluster.store.entry(resource.key, namespace_of(obj), name_of(obj)) is None:
        cluster.create(resource, obj, WRITER, namespace_of(obj))
        return
    cluster.update(resource, namespace_of(obj), name_of(obj), lambda _old: obj, WRITER)


def _store(cluster: Cluster, resource: Resource, obj: Obj) -> None:
    obj = to_stored(obj, resource)
    metadata = ensure(obj, "metadata")
    metadata.setdefault("uid", new_uid())
    metadata.setdefault("creationTimestamp", cluster.clock.stamp())
    for owner in items(obj, "metadata", "ownerReferences"):
        if not owner.get("uid"):
            owner["uid"] = _owner_uid(cluster, obj, owner)
    if obj["kind"] == "Node" and not obj.get("status"):
        obj["status"] = node_status(cluster.clock.stamp())
    fill_defaults(obj)
    cluster.store.put(resource.key, obj)


def _owner_uid(cluster: Cluster, obj: Obj, owner: Obj) -> str:
    resource = cluster.registry.of_kind(str(owner.get("apiVersion")), str(owner.get("kind")))
    if resource is None:
        return ""
    namespace = namespace_of(obj) if resource.namespaced else ""
    return uid_of(cluster.store.get(resource.key, namespace, str(owner.get("name"))) or {})

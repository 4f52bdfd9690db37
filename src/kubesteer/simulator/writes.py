"""Creating and changing objects, with everything a kube-apiserver does on the way to etcd.

The order is that of the server: decode, default, validate, admit, record ownership, store. A dry run goes
all the way and stops before storing. Clients and controllers come through here alike.
"""

from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass, field

from kubesteer.simulator.admission.chain import admit
from kubesteer.simulator.admission.namespaces import admit_namespace
from kubesteer.simulator.admission.quotas import qos_class
from kubesteer.simulator.clock import Clock
from kubesteer.simulator.defaults import fill_defaults
from kubesteer.simulator.failures import (
    MODIFIED,
    Failure,
    already_exists,
    bad_request,
    conflict,
    invalid,
    not_found,
)
from kubesteer.simulator.names import new_uid, random_suffix
from kubesteer.simulator.objects import (
    Obj,
    annotations_of,
    clone,
    ensure,
    name_of,
    namespace_of,
    section,
    terminating,
)
from kubesteer.simulator.patching.ownership import Manager, track_update
from kubesteer.simulator.registry import Registry, Resource
from kubesteer.simulator.schemas.decoding import (
    drop_empty_metadata,
    drop_unknown,
    unknown_fields,
    wrong_type,
)
from kubesteer.simulator.store import Store
from kubesteer.simulator.validation.causes import Causes
from kubesteer.simulator.validation.checks import validate
from kubesteer.simulator.validation.others import undecodable_data
from kubesteer.simulator.validation.subresources import own_part

Transform = Callable[[Obj], Obj]
STATUS_KEPT_ON_CREATE = frozenset(
    {"Namespace", "PersistentVolumeClaim", "PersistentVolume", "Service", "Node"}
)
GENERATED = frozenset(
    {
        "pods", "deployments", "replicasets", "statefulsets", "daemonsets", "jobs", "cronjobs",
        "replicationcontrollers", "poddisruptionbudgets", "ingresses", "ingressclasses", "networkpolicies",
        "priorityclasses", "endpointslices", "customresourcedefinitions", "mutatingwebhookconfigurations",
        "validatingwebhookconfigurations",
    }
)  # fmt: skip
"""Built-in resources whose generation counts."""
SERVER_METADATA = (
    "uid",
    "creationTimestamp",
    "generation",
    "deletionTimestamp",
    "deletionGracePeriodSeconds",
)


@dataclass(frozen=True, slots=True)
class Writer:
    """Who writes, through which subresource, and how strictly the body is read."""

    manager: str
    subresource: str = ""
    dry_run: bool = False
    validation: str = "Warn"
    applying: bool = False
    """Server-side apply has recorded ownership itself."""
    patch: str = ""
    """The text of a patch, whose faults are then told as `422` instead of `400`."""
    warnings: list[str] = field(default_factory=list)
    trusted: bool = False
    """A component of the cluster itself, whose bodies are not read as a stranger's are."""


class Cluster:
    """The state that the API server and the controllers share."""

    def __init__(self, store: Store, registry: Registry, clock: Clock) -> None:
        self.store = store
        self.registry = registry
        self.clock = clock

    def create(self, resource: Resource, obj: Obj, writer: Writer, namespace: str = "") -> Obj:
        """Store a new object and return it. Raises Failure."""
        obj = clone(obj)
        self._settle_identity(resource, obj, namespace)
        admit_namespace(self.store, resource, namespace_of(obj), name_of(obj))
        self._decode(obj, writer)
        if resource.status and obj["kind"] not in STATUS_KEPT_ON_CREATE:
            obj.pop("status", None)
        _fold_string_data(obj)
        fill_defaults(obj)
        validate(resource.group, obj)
        if self.store.entry(resource.key, namespace_of(obj), name_of(obj)):
            raise already_exists(resource.group, resource.plural, name_of(obj))
        if obj["kind"] == "Pod":
            obj["status"] = {"phase": "Pending", "qosClass": qos_class(obj)}
        elif resource.status and not resource.custom:
            obj.setdefault("status", {"loadBalancer": {}} if obj["kind"] == "Service" else {})
        metadata = obj["metadata"]
        metadata.update(uid=new_uid(), creationTimestamp=self.clock.stamp())
        admit(self.store, resource, obj)
        if resource.plural in GENERATED or resource.custom:
            metadata["generation"] = 1
        self._own(None, obj, writer)
        return obj if writer.dry_run else self.store.put(resource.key, obj)

    def update(
        self, resource: Resource, namespace: str, name: str, transform: Transform, writer: Writer
    ) -> Obj:
        """Store a changed object and return it; a change of nothing writes nothing. Raises Failure."""
        before = self.store.get(resource.key, namespace, name)
        if before is None:
            raise not_found(resource.group, resource.plural, name)
        after = transform(clone(before))
        _check_kind(before, after, writer)
        self._check_preconditions(resource, before, after, writer)
        self._decode(after, writer)
        after = own_part(before, after, resource, writer.subresource)
        _fold_string_data(after)
        if not writer.subresource:
            fill_defaults(after)
            validate(resource.group, after, before)
        return self._finish(resource, before, after, writer)

    def _finish(self, resource: Resource, before: Obj, after: Obj, writer: Writer) -> Obj:
        metadata = after["metadata"]
        if "generation" in before["metadata"] and _wanted(before, writer) != _wanted(after, writer):
            metadata["generation"] = before["metadata"]["generation"] + 1
        metadata["resourceVersion"] = before["metadata"]["resourceVersion"]
        self._own(before, after, writer)
        if after == before:
            return before
        held = metadata.get("finalizers") or section(after, "spec").get("finalizers")
        if terminating(after) and not held and not _graceful(after):
            return (
                after
                if writer.dry_run
                else self.store.remove(resource.key, namespace_of(after), name_of(after))
            )
        return after if writer.dry_run else self.store.put(resource.key, after)

    def _settle_identity(self, resource: Resource, obj: Obj, namespace: str) -> None:
        metadata = ensure(obj, "metadata")
        if metadata.get("resourceVersion"):
            raise bad_request("resourceVersion should not be set on objects to be created")
        if not resource.namespaced:
            metadata.pop("namespace", None)
        elif namespace and metadata.setdefault("namespace", namespace) != namespace:
            raise bad_request(
                "the namespace of the provided object does not match the namespace sent on the request"
            )
        if not metadata.get("name") and metadata.get("generateName"):
            metadata["name"] = metadata["generateName"] + random_suffix()
        for key in (*SERVER_METADATA, "managedFields", "selfLink"):
            if not (key == "managedFields" and metadata.get(key)):
                metadata.pop(key, None)

    def _decode(self, obj: Obj, writer: Writer) -> None:
        if writer.trusted:
            return
        if wrong := wrong_type(obj) or undecodable_data(obj):
            raise _undecodable(obj, wrong, writer)
        unknown = unknown_fields(obj) if writer.validation != "Ignore" else []
        if unknown and writer.validation == "Strict":
            listed = ", ".join(f'unknown field "{path}"' for path in unknown)
            raise _undecodable(obj, f"strict decoding error: {listed}", writer)
        writer.warnings.extend(f'unknown field "{path}"' for path in unknown)
        drop_unknown(obj)
        drop_empty_metadata(obj)
        drop_empty_metadata(obj)

    def _check_preconditions(self, resource: Resource, before: Obj, after: Obj, writer: Writer) -> None:
        metadata, stored = ensure(after, "metadata"), before["metadata"]
        _check_place(metadata, before)
        uid, name = metadata.get("uid"), name_of(before)
        if uid and uid != stored["uid"] and not writer.patch:
            why = f"Precondition failed: UID in precondition: {uid}, UID in object meta: {stored['uid']}"
            raise conflict(resource.group, resource.plural, name, why)
        if (version := metadata.get("resourceVersion")) and version != stored["resourceVersion"]:
            raise conflict(resource.group, resource.plural, name, MODIFIED)
        if uid and uid != stored["uid"]:
            causes = Causes()
            causes.invalid("metadata.uid", uid, "field is immutable")
            raise invalid(resource.group, resource.kind, name, causes.found)
        for key in SERVER_METADATA:
            if key in stored:
                metadata[key] = stored[key]
            else:
                metadata.pop(key, None)

    def _own(self, before: Obj | None, after: Obj, writer: Writer) -> None:
        if writer.applying or (writer.trusted and writer.subresource):
            return
        manager = Manager(writer.manager, "Update", after["apiVersion"], writer.subresource)
        track_update(before, after, manager, self.clock.stamp())


def _undecodable(obj: Obj, why: str, writer: Writer) -> Failure:
    """400 for a body, 422 for a patch that makes an object what it must not be."""
    if not writer.patch:
        return bad_request(why)
    causes = Causes()
    causes.invalid("patch", writer.patch, why)
    return invalid(obj["apiVersion"].rpartition("/")[0], obj["kind"], name_of(obj), causes.found)


def _check_kind(before: Obj, after: Obj, writer: Writer) -> None:
    """Kind and version of an object do not change. Raises Failure 400, 422 for a patch."""
    for key in ("apiVersion", "kind"):
        if after.get(key) != before[key]:
            given = after.get(key)
            raise _undecodable(before, f"the {key} of the object ({given}) is not {before[key]}", writer)


def _check_place(metadata: Obj, before: Obj) -> None:
    """Name and namespace of an object do not change. Raises Failure 400."""
    stored = before["metadata"]
    if metadata.get("name") != stored["name"]:
        raise bad_request(
            f"the name of the object ({metadata.get('name')}) does not match the name on the URL ({stored['name']})"
        )
    if metadata.get("namespace") != stored.get("namespace"):
        raise bad_request(
            "the namespace of the provided object does not match the namespace sent on the request"
        )


def _wanted(obj: Obj, writer: Writer) -> Obj:
    """What counts for the generation: all but metadata and status.

    Of a Deployment annotations count too, unless they come by way of a subresource: they are copied to its
    ReplicaSets.
    """
    wanted = {key: value for key, value in obj.items() if key not in ("metadata", "status")}
    if obj["kind"] == "Pod":  # being bound to a node is no change of what is wanted
        wanted["spec"] = {key: value for key, value in obj["spec"].items() if key != "nodeName"}
    if obj["kind"] == "Deployment" and not writer.subresource:
        wanted["annotations"] = annotations_of(obj)
    return wanted


def _graceful(obj: Obj) -> bool:
    return bool(obj["metadata"].get("deletionGracePeriodSeconds"))


def _fold_string_data(obj: Obj) -> None:
    """A Secret's `stringData` is write-only and overrides `data`."""
    if obj["kind"] == "Secret" and isinstance(obj.get("stringData"), dict):
        for key, value in obj.pop("stringData").items():
            ensure(obj, "data")[key] = b64encode(str(value).encode()).decode()

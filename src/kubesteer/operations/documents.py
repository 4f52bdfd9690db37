"""Manifests that a person gives: parsed, checked, and cut down to what may be applied. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml

from kubesteer.core.errors import Unusable
from kubesteer.core.kinds import KINDS
from kubesteer.core.names import checked_name, checked_namespace
from kubesteer.core.refs import Ref
from kubesteer.core.requests import Manifest
from kubesteer.core.texts import Text
from kubesteer.operations.differences import LAST_APPLIED

LONGEST = 1_000_000
"""Characters of a manifest; the API server takes 3 MB a request, etcd 1.5 MB an object."""
MOST_DOCUMENTS = 100
MOST_NODES = 200_000
"""Values in all documents after aliases are followed: a few lines of YAML can stand for billions."""

_SERVER_FIELDS = ("managedFields", "resourceVersion", "uid", "generation", "creationTimestamp", "selfLink")


@dataclass(frozen=True, slots=True)
class Document:
    """One object to apply."""

    ref: Ref
    body: Manifest


def documents_of(text: str, namespace: str) -> tuple[Document, ...]:
    """The objects of a YAML or JSON text, in its order; `namespace` for those that name none.

    Raises:
        Unusable: it cannot be parsed, is too large, or a document is not an object that can be applied.
    """
    if len(text) > LONGEST:
        raise _unusable("太大(超过 1 MB)", "is too large (more than 1 MB)")
    documents = tuple(_document(item, namespace) for item in _items(_parsed(text)))
    if not documents:
        raise _unusable("是空的", "is empty")
    if len(documents) > MOST_DOCUMENTS:
        raise _unusable(f"超过 {MOST_DOCUMENTS} 个对象", f"has more than {MOST_DOCUMENTS} objects")
    refs = [document.ref for document in documents]
    twice = next((ref for ref in refs if refs.count(ref) > 1), None)
    if twice is not None:
        raise _unusable(f"两次包含 {twice}", f"has {twice} twice")
    return documents


def _resolvers() -> dict[str, list[tuple[str, re.Pattern[str]]]]:
    """What plain words become: as in Kubernetes, 2024-01-02 and 80:80 stay text, unlike in YAML 1.1."""
    number = re.compile(r"[-+]?(?:0|[1-9][0-9_]*|0x[0-9a-fA-F_]+|0o?[0-7_]+|0b[01_]+)")
    kept: dict[str, list[tuple[str, re.Pattern[str]]]] = {}
    for first, rules in yaml.SafeLoader.yaml_implicit_resolvers.items():
        known = [(tag, rule) for tag, rule in rules if not tag.endswith((":timestamp", ":int"))]
        numeric = [(tag, re.compile(rf"(?:{number.pattern})$")) for tag, _ in rules if tag.endswith(":int")]
        kept[first] = [*numeric, *known]
    return kept


class _PlainLoader(yaml.SafeLoader):
    """The loader in Python, where libyaml is missing."""

    yaml_implicit_resolvers = _resolvers()


def _loader() -> Any:
    """The fast loader: ten times as fast, and bounded in depth."""
    if not yaml.__with_libyaml__:
        return _PlainLoader

    class FastLoader(yaml.CSafeLoader):
        yaml_implicit_resolvers = _resolvers()

    return FastLoader


def _parsed(text: str) -> list[Any]:
    try:
        loaded = [document for document in yaml.load_all(text, Loader=_loader()) if document is not None]
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        where = Text(f",第 {mark.line + 1} 行", f", line {mark.line + 1}") if mark else Text("", "")
        raise _unusable(f"不是有效的 YAML{where.zh}", f"is not valid YAML{where.en}") from None
    _check_size(loaded)
    return loaded


def _check_size(loaded: list[Any]) -> None:
    """Follow aliases, but not for ever: an object that contains itself has no end."""
    seen, open_values = 0, list(loaded)
    while open_values:
        value = open_values.pop()
        seen += 1
        if seen > MOST_NODES:
            raise _unusable("展开后太大", "is too large once its aliases are followed")
        if isinstance(value, dict):
            open_values.extend(value.values())
        elif isinstance(value, list):
            open_values.extend(value)


def _items(loaded: list[Any]) -> Iterator[Any]:
    for each in loaded:
        if isinstance(each, dict) and each.get("kind") == "List" and isinstance(each.get("items"), list):
            yield from each["items"]
        elif isinstance(each, list):
            yield from each
        else:
            yield each


def _document(item: Any, namespace: str) -> Document:
    if not isinstance(item, dict) or not all(isinstance(key, str) for key in item):
        raise _unusable("有一段不是对象", "has a part that is not an object")
    version, kind = item.get("apiVersion"), item.get("kind")
    if not isinstance(version, str) or not isinstance(kind, str) or not version or not kind:
        raise _unusable("有对象缺少 apiVersion 或 kind", "has an object without apiVersion or kind")
    _check_group(version, kind)
    metadata = item.get("metadata")
    if not isinstance(metadata, dict) or not isinstance(metadata.get("name"), str):
        raise _unusable(f"中的 {kind} 缺少 metadata.name", f"has a {kind} without metadata.name")
    ref = _ref(kind, metadata, namespace)
    return Document(ref, _applicable(item, metadata, ref))


def _check_group(version: str, kind: str) -> None:
    """A known kind of another group is another kind: Knative has a Service, too."""
    known, group = KINDS.get(kind), version.rpartition("/")[0]
    if known is not None and known.group != group:
        raise _unusable(
            f"中的 {kind} 属于 {version},不是 {known.api_version}",
            f"has a {kind} of {version}, not of {known.api_version}",
        )


def _ref(kind: str, metadata: dict[str, Any], namespace: str) -> Ref:
    name = checked_name(metadata["name"], kind)
    own = metadata.get("namespace") or ""
    if not isinstance(own, str):
        raise _unusable(
            f"中 {kind} {name} 的命名空间不是文本", f"has a {kind} {name} whose namespace is not text"
        )
    known = KINDS.get(kind)
    if known is not None and not known.namespaced:
        return Ref(kind, "", name)
    # Of a kind that we do not know we cannot tell: it has a namespace if it says so.
    where = own or (namespace if known is not None else "")
    return Ref(kind, checked_namespace(where) if where else "", name)


def _applicable(item: Manifest, metadata: dict[str, Any], ref: Ref) -> Manifest:
    """Without what only the server writes; a resourceVersion would be a precondition that nobody meant."""
    kept = {key: value for key, value in metadata.items() if key not in _SERVER_FIELDS}
    annotations = {k: v for k, v in (kept.pop("annotations", None) or {}).items() if k != LAST_APPLIED}
    kept |= {"annotations": annotations} if annotations else {}
    kept |= {"namespace": ref.namespace} if ref.namespace else {}
    if not ref.namespace:
        kept.pop("namespace", None)
    return {key: value for key, value in item.items() if key != "status"} | {"metadata": kept}


def _unusable(zh: str, en: str) -> Unusable:
    return Unusable("manifest", Text(f"给出的清单{zh}。", f"The manifest {en}."))

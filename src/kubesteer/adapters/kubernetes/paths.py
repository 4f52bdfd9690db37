"""URL paths of collections and objects. Nothing enters a path unvalidated or unescaped."""

from __future__ import annotations

from urllib.parse import quote

from kubesteer.core.errors import Unusable
from kubesteer.core.kinds import Kind
from kubesteer.core.names import checked_name, checked_namespace
from kubesteer.core.refs import Ref
from kubesteer.core.texts import Text


def collection_path(kind: Kind, namespace: str = "") -> str:
    """The path of a collection; `namespace` "" means all, and is ignored for cluster-scoped kinds.

    Raises:
        Unusable: the namespace cannot exist.
    """
    if namespace and kind.namespaced:
        return f"{kind.root}/namespaces/{quote(checked_namespace(namespace), safe='')}/{kind.plural}"
    return f"{kind.root}/{kind.plural}"


def object_path(kind: Kind, ref: Ref, subresource: str = "") -> str:
    """The path of one object, or of one of its subresources.

    Raises:
        Unusable: name or namespace cannot exist, or the namespace is missing.
    """
    if kind.namespaced and not ref.namespace:
        raise Unusable(
            "namespace",
            Text(f"没有指明 {kind.name} 的命名空间。", f"The namespace of the {kind.name} is not given."),
        )
    name = quote(checked_name(ref.name, kind.name), safe="")
    tail = f"/{quote(checked_name(subresource), safe='')}" if subresource else ""
    return f"{collection_path(kind, ref.namespace)}/{name}{tail}"

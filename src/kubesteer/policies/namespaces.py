"""Protected namespaces: nothing in them is changed. The cluster itself runs in the default ones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase

from kubesteer.core.refs import Ref
from kubesteer.core.texts import Text
from kubesteer.policies.reasons import Reason

DEFAULT = ("kube-system", "kube-public", "kube-node-lease")
"""Those that every cluster makes for itself (Kubernetes documentation, "Namespaces")."""


@dataclass(frozen=True, slots=True)
class Namespaces:
    """`protected`: names, or patterns with `*`."""

    protected: tuple[str, ...] = DEFAULT

    def against(self, objects: Iterable[Ref]) -> Reason | None:
        """Why objects may not be changed, if one is in a protected namespace, or is one."""
        for namespace in _touched(objects):
            pattern = next((p for p in self.protected if fnmatchcase(namespace, p)), None)
            if pattern is not None:
                return Reason(
                    Text(
                        f"命名空间 {namespace} 受保护,不能改动其中的对象。",
                        f"The namespace {namespace} is protected: nothing in it is changed.",
                    ),
                    f"namespaces.protected: {pattern}",
                )
        return None


def _touched(objects: Iterable[Ref]) -> Iterator[str]:
    for ref in objects:
        if ref.namespace:
            yield ref.namespace
        if ref.kind == "Namespace":
            yield ref.name

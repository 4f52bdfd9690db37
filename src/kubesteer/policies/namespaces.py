"""Protected namespaces: nothing in them is changed. The cluster itself runs in the default ones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase

from kubesteer.core.operations import Change
from kubesteer.core.texts import Text
from kubesteer.policies.reasons import Reason

DEFAULT = ("kube-system", "kube-public", "kube-node-lease")
"""Those that every cluster makes for itself (Kubernetes documentation, "Namespaces")."""


@dataclass(frozen=True, slots=True)
class Namespaces:
    """`protected`: names, or patterns with `*`."""

    protected: tuple[str, ...] = DEFAULT

    def against(self, change: Change) -> Reason | None:
        """Why a change may not happen, if it is in a protected namespace, or about one."""
        for namespace in _touched(change):
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


def _touched(change: Change) -> Iterator[str]:
    target = change.target()
    if target.namespace:
        yield target.namespace
    if target.kind == "Namespace":
        yield target.name

"""Naming one object of the cluster."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, order=True)
class Ref:
    """Kind (CamelCase), namespace ("" for cluster-scoped objects) and name."""

    kind: str
    namespace: str
    name: str

    def __str__(self) -> str:
        where = f"{self.namespace}/" if self.namespace else ""
        return f"{self.kind} {where}{self.name}"

    def to_json(self) -> dict[str, str]:
        """The shape that the contract prints: no namespace for cluster-scoped objects."""
        shape = {"kind": self.kind, "namespace": self.namespace, "name": self.name}
        return {key: value for key, value in shape.items() if value}

    @classmethod
    def of(cls, manifest: dict[str, Any], kind: str = "") -> Ref:
        """The reference to a manifest; `kind` for items of a list, which carry none."""
        metadata = manifest.get("metadata") or {}
        return cls(kind or manifest.get("kind", ""), metadata.get("namespace", ""), metadata.get("name", ""))

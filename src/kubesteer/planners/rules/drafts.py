"""What one verb came to before its object is looked up: the operation, its target as named, its arguments."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from kubesteer.core.plans import Condition
from kubesteer.core.refs import Ref
from kubesteer.core.texts import Text

NAMELESS = frozenset({"list_resources", "scan", "get_events", "get_usage", "undo"})
"""Operations that make sense without a name."""

KINDS_OF: dict[str, tuple[str, ...]] = {
    "cordon": ("Node",), "uncordon": ("Node",), "drain": ("Node",),
    "suspend": ("CronJob",), "resume": ("CronJob",), "trigger": ("CronJob",),
    "restart": ("Deployment", "StatefulSet", "DaemonSet", "Pod"),
    "scale": ("Deployment", "StatefulSet", "ReplicaSet"),
    "rollback": ("Deployment", "StatefulSet", "DaemonSet"),
    "set_image": ("Deployment", "StatefulSet", "DaemonSet", "CronJob", "Pod"),
    "set_resources": ("Deployment", "StatefulSet", "DaemonSet", "CronJob"),
    "set_autoscaling": ("Deployment", "StatefulSet", "ReplicaSet"),
    "pause_rollout": ("Deployment", "StatefulSet", "DaemonSet"),
    "resume_rollout": ("Deployment", "StatefulSet", "DaemonSet"),
    "get_rollout": ("Deployment", "StatefulSet", "DaemonSet"),
    "set_env": ("Deployment", "StatefulSet", "DaemonSet", "CronJob", "Job"),
    "set_probe": ("Deployment", "StatefulSet", "DaemonSet"),
    "set_service": ("Service",),
    "resize_volume": ("PersistentVolumeClaim",),
}  # fmt: skip
"""The kinds that a verb looks for first, and the only ones a write takes."""

KINDLESS = frozenset(
    {"cordon", "uncordon", "drain", "suspend", "resume", "trigger", "set_service", "resize_volume"}
)
"""Operations whose kind is understood and not an argument."""


@dataclass(frozen=True, slots=True)
class Target:
    """An object as it was spoken of. `firm`: the namespace was said of it, so it is nowhere else; `place` is the
    word for a namespace that does not exist; `ref` where the conversation already settled which object it is."""

    name: str = ""
    kind: str = ""
    namespace: str = ""
    firm: bool = False
    place: str = ""
    ref: Ref | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """One operation on its way to a call."""

    operation: str
    target: Target = field(default_factory=Target)
    arguments: Mapping[str, Any] = field(default_factory=dict)
    condition: Condition | None = None
    missing: tuple[str, ...] = ()
    trouble: Text | None = None
    words: str = ""
    many: bool = False  # everything was meant, or a vague many
    blocked: bool = False  # its condition is none that evidence decides: it may not go

    @property
    def needs_name(self) -> bool:
        """Whether it means nothing without an object."""
        return self.operation not in NAMELESS

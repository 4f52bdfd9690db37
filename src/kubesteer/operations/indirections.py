"""undo and fix: verbs that stand for another operation, which only the engine can find."""

from __future__ import annotations

from pydantic import Field

from kubesteer.core.operations import Indirect
from kubesteer.core.texts import Text


class Undo(Indirect):
    """Take back a change that was made through here."""

    name_ = "undo"
    summary = Text("撤销上一次(或指定的)变更", "Take back the last change, or the one named")
    examples = (Text("撤销刚才的操作", "undo that"),)
    meaning = "undo"
    operation: str | None = Field(
        None, description="id of the change, or the name of its verb", max_length=100
    )


class Fix(Indirect):
    """Diagnose, then propose the remedy that the cluster itself determines."""

    name_ = "fix"
    summary = Text("诊断并提出修复方案", "Diagnose, and propose the remedy that the cluster determines")
    examples = (Text("帮我修一下 cart", "fix cart"),)
    meaning = "fix"
    kind: str | None = Field(None, description="Kubernetes kind")
    namespace: str | None = Field(None, description="namespace")
    name: str | None = Field(None, description="name; the worst problem there if left out")

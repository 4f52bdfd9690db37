"""label and annotate: what is written on an object.

Source of the rules: Kubernetes documentation, "Labels and Selectors" and "Annotations" (syntax).
"""

from __future__ import annotations

import re
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, Field

from kubesteer.core.errors import AlreadySo, Unusable
from kubesteer.core.kinds import KINDS
from kubesteer.core.operations import Progress, Risk, Settled, Snapshot
from kubesteer.core.requests import Patch, PatchType, Request
from kubesteer.core.texts import Text
from kubesteer.operations import consequences
from kubesteer.operations import workloads as w
from kubesteer.operations.alterations import STOP, Alteration, missing

_NAME = r"[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?"
_LABEL = re.compile(_NAME, re.ASCII)
_DOMAIN = re.compile(r"[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*", re.ASCII)
LONGEST_ANNOTATION = 100_000
"""Characters; all annotations of an object together may have 256 KiB."""

RESERVED = ("kubesteer.io/",)
"""Prefixes that the record of changes depends on."""


def checked_key(key: str, argument: str = "key") -> str:
    """The key of a label or annotation, if it can be one.

    Raises:
        Unusable: it cannot, or it is our own.
    """
    prefix, slash, name = key.rpartition("/")
    usable = bool(_LABEL.fullmatch(name)) and (
        not slash or (len(prefix) <= 253 and bool(_DOMAIN.fullmatch(prefix)))
    )
    if not usable or key.startswith(RESERVED):
        shown = "".join(char if char.isprintable() else "�" for char in key[:60])
        raise Unusable(
            argument,
            Text(
                f"“{shown}”不能用作标签或注解的键。", f"“{shown}” cannot be the key of a label or annotation."
            ),
            Text("例如 team 或 example.com/team。", "For example team or example.com/team."),
        )
    return key


def checked_value(value: str, argument: str = "value") -> str:
    """The value of a label, if it can be one; "" is one."""
    if value and not _LABEL.fullmatch(value):
        raise Unusable(
            argument,
            Text(f"“{value[:70]}”不能用作标签的值。", f"“{value[:70]}” cannot be the value of a label."),
            Text(
                "最长 63 个字符:字母、数字、-、_、.。",
                "63 characters at most: letters, digits, -, _ and dots.",
            ),
        )
    return value


class Writing(Alteration):
    """A label or an annotation, set or removed."""

    kinds = tuple(kind for kind in KINDS if kind != "Event")
    risk = Risk.LOW
    steady_seconds = 0.0
    field: ClassVar[Literal["labels", "annotations"]]
    called: ClassVar[Text]
    key: Annotated[str, AfterValidator(checked_key)] = Field(description="its key")
    value: str | None = Field(
        None, description="its value; removed if left out", max_length=LONGEST_ANNOTATION
    )

    def requests(self, before: Snapshot) -> tuple[Request, ...]:
        """One merge patch of metadata."""
        present = w.table_at(before.object, "metadata", self.field)
        if present.get(self.key) == self.value:
            what = self.called
            if self.value is None:
                raise Unusable(
                    "key", Text(f"没有{what.zh} {self.key}。", f"There is no {what.en} {self.key}.")
                )
            raise AlreadySo(
                "value",
                Text(
                    f"{what.zh} {self.key} 已经是这个值。",
                    f"The {what.en} {self.key} has this value already.",
                ),
            )
        return (Patch(self.ref, {"metadata": {self.field: {self.key: self.value}}}, PatchType.MERGE),)

    def explain(self, before: Snapshot) -> Text:
        """Old and new value, and who may go by it."""
        what, old = self.called, w.at(before.object, "metadata", self.field, self.key)
        if self.value is None:
            first = Text(
                f"删除 {self.ref} 的{what.zh} {self.key}。", f"Remove the {what.en} {self.key} of {self.ref}."
            )
        elif old is None:
            first = Text(
                f"给 {self.ref} 加上{what.zh} {self.key}。", f"Add the {what.en} {self.key} to {self.ref}."
            )
        else:
            first = Text(
                f"修改 {self.ref} 的{what.zh} {self.key}。", f"Change the {what.en} {self.key} of {self.ref}."
            )
        selected = self.field == "labels" and self.kind in ("Pod", "Node", "Namespace")
        mind = Text(
            "选择器可能依据它(Service、控制器、调度、策略)。",
            "Selectors may go by it: Services, controllers, scheduling, policies.",
        )
        return consequences.sentence(first, mind if selected else None, *consequences.of_patching(before))

    def settled(self, before: Snapshot, now: Snapshot) -> Progress:
        """At once."""
        what = self.called
        return missing(before, now) or Settled(
            Text(
                f"{self.ref} 的{what.zh} {self.key} 已修改",
                f"The {what.en} {self.key} of {self.ref} is changed",
            )
            + STOP
        )


class Label(Writing):
    """Set or remove a label."""

    name_ = "label"
    summary = Text("设置或删除标签", "Set or remove a label")
    examples = (Text("给 node-01 打上标签 disk=ssd", "label node-01 disk=ssd"),)
    field = "labels"
    called = Text("标签", "label")
    value: Annotated[str, AfterValidator(checked_value)] | None = Field(
        None, description="its value; removed if left out", max_length=LONGEST_ANNOTATION
    )


class Annotate(Writing):
    """Set or remove an annotation."""

    name_ = "annotate"
    summary = Text("设置或删除注解", "Set or remove an annotation")
    examples = (Text("给 cart 加注解 owner=team-a", "annotate cart with owner=team-a"),)
    field = "annotations"
    called = Text("注解", "annotation")

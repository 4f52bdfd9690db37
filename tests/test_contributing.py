"""CONTRIBUTING's steps for a new operation, done: one class, one registry line, and it is usable everywhere."""

from __future__ import annotations

import re
from pathlib import Path
from typing import ClassVar

import pytest

from kubesteer.core.clusters import Cluster
from kubesteer.core.operations import Answer, Read
from kubesteer.core.refs import Ref
from kubesteer.core.texts import Text
from kubesteer.operations import registry

ROOT = Path(__file__).parents[1]


class GetLabels(Read):
    """A verb that a contributor might add."""

    name_: ClassVar[str] = "get_labels"
    summary: ClassVar[Text] = Text("查看标签", "the labels of an object")
    kinds: ClassVar[tuple[str, ...]] = ("Pod", "Deployment")
    examples: ClassVar[tuple[Text, ...]] = (Text("web 有哪些标签", "which labels has web"),)

    kind: str
    namespace: str = ""
    name: str

    async def look(self, cluster: Cluster) -> Answer:
        found = await cluster.read(Ref(self.kind, self.namespace, self.name))
        labels = found["metadata"].get("labels") or {}
        return Answer(Text.same(" ".join(sorted(labels))), {"labels": labels})


def test_a_class_and_a_line_make_a_verb(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(registry.REGISTRY, "get_labels", GetLabels)

    made = registry.operation("get_labels", {"kind": "deploy", "namespace": "shop", "name": "web"})

    assert made == GetLabels(kind="Deployment", namespace="shop", name="web")
    assert registry.schema("get_labels")["properties"].keys() == {"kind", "namespace", "name"}


def test_the_steps_name_files_that_exist() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    named = re.findall(r"`((?:src|docs|tests)/[\w./-]+)`", text)

    assert len(named) >= 5
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_ten_steps() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    section = text.split("## Adding an operation")[1].split("\n## ")[0]

    assert re.findall(r"^(\d+)\.", section, re.MULTILINE) == [str(n) for n in range(1, 11)]

"""list_resources: what there is of a kind, and with `unhealthy` only what is not well."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from pydantic import Field

from kubesteer.core.clusters import Cluster
from kubesteer.core.findings import Coverage
from kubesteer.core.kinds import KINDS
from kubesteer.core.operations import Answer, Read
from kubesteer.core.refs import Ref
from kubesteer.core.requests import Manifest
from kubesteer.core.texts import Text, join
from kubesteer.operations import workloads as w
from kubesteer.operations.happenings import events_table, folded
from kubesteer.operations.healths import Health, health_of
from kubesteer.operations.tables import Cell, table
from kubesteer.operations.times import age

_NAMES_ONLY = ("Secret", "ConfigMap", "ServiceAccount")
"""Kinds of which a list shows names alone; their content is large or secret and is not even fetched."""


Column = tuple[Text, Callable[[Manifest, Health], Cell]]
"""A header, and what stands under it."""


class ListResources(Read):
    """All objects of a kind in a namespace, or in the whole cluster."""

    name_ = "list_resources"
    summary = Text(
        "列出某类对象,可只列异常的", "List the objects of a kind; only the unhealthy ones if asked"
    )
    examples = (
        Text("列出 staging 的所有 Deployment", "list all deployments in staging"),
        Text("哪些 Pod 不正常?", "which pods are unhealthy?"),
    )
    kind: str = Field(description="Kubernetes kind, such as Pod")
    namespace: str | None = Field(None, description="namespace; all of them if left out")
    unhealthy: bool = Field(False, description="only those that are not well")

    async def look(self, cluster: Cluster) -> Answer:
        """How many, how many of them are not well, and a table."""
        namespace = (self.namespace or "") if KINDS[self.kind].namespaced else ""
        if self.kind in _NAMES_ONLY:
            return self._named(await cluster.names(self.kind, namespace))
        listing = await cluster.collect(self.kind, namespace, shape=dict)
        coverage = Coverage({self.kind: len(listing.items)})
        if self.kind == "Event":
            return _events(listing.items, coverage, self.unhealthy)
        now = datetime.now(UTC)
        judged = [(item, health_of({"kind": self.kind, **item}, now)) for item in listing.items]
        sick = [(item, health) for item, health in judged if health.trouble]
        shown = sick if self.unhealthy else judged
        words = [self._count(len(judged), len(sick))]
        if shown:
            words.append(self._table(shown, now))
        return Answer(join(words), {"items": [_row(self.kind, *each) for each in shown]}, coverage)

    def _count(self, total: int, sick: int) -> Text:
        where = self._where()
        if not total:
            return Text(f"{where.zh}没有 {self.kind}。", f"There is no {self.kind} {where.en}.")
        if not sick:
            return Text(
                f"{where.zh}有 {total} 个 {self.kind},全部正常。",
                f"{self.kind}: {total} {where.en}, all well.",
            )
        return Text(
            f"{where.zh}有 {total} 个 {self.kind},其中 {sick} 个异常。",
            f"{self.kind}: {total} {where.en}, {sick} not well.",
        )

    def _where(self) -> Text:
        if self.namespace and KINDS[self.kind].namespaced:
            return Text(f"{self.namespace} 中", f"in {self.namespace}")
        return Text("集群中", "in the cluster")

    def _table(self, shown: list[tuple[Manifest, Health]], now: datetime) -> Text:
        columns = self._columns(any(health.trouble for _, health in shown), now)
        rows = [[cell(*each) for _, cell in columns] for each in sorted(shown, key=_sick_first)]
        return table([header for header, _ in columns], rows)

    def _columns(self, troubled: bool, now: datetime) -> list[Column]:
        spread = KINDS[self.kind].namespaced and not self.namespace
        columns: list[Column] = [
            (Text("名称", "NAME"), lambda item, _: w.name_of(item)),
            (Text("状态", "STATE"), lambda _, health: health.state),
            (Text("已存在", "AGE"), lambda item, _: age(w.at(item, "metadata", "creationTimestamp"), now)),
        ]
        if self.kind == "Pod":
            columns[2:2] = [
                (Text("重启", "RESTARTS"), lambda item, _: str(w.restarts_of(item))),
                (Text("节点", "NODE"), lambda item, _: str(w.at(item, "spec", "nodeName") or "-")),
            ]
        if spread:
            columns.insert(
                0, (Text("命名空间", "NAMESPACE"), lambda item, _: str(item["metadata"].get("namespace", "")))
            )
        if troubled:
            columns.append((Text("问题", "TROUBLE"), lambda _, health: health.trouble or "-"))
        return columns

    def _named(self, refs: list[Ref]) -> Answer:
        where = self._where()
        first = Text(f"{where.zh}有 {len(refs)} 个 {self.kind}。", f"{self.kind}: {len(refs)} {where.en}.")
        if self.unhealthy:
            first += Text(f"{self.kind} 没有健康状态可言。", f" A {self.kind} has no health of its own.")
        rows = [(ref.namespace, ref.name) for ref in sorted(refs)]
        header = (Text("命名空间", "NAMESPACE"), Text("名称", "NAME"))
        words = [first, *([table(header, rows)] if rows and not self.unhealthy else [])]
        items = [] if self.unhealthy else [ref.to_json() for ref in sorted(refs)]
        return Answer(join(words), {"items": items}, Coverage({self.kind: len(refs)}))


def _sick_first(each: tuple[Manifest, Health]) -> tuple[bool, str, str]:
    item, health = each
    return (health.trouble is None, str(w.at(item, "metadata", "namespace") or ""), w.name_of(item))


def _row(kind: str, item: Manifest, health: Health) -> dict[str, Any]:
    return {
        **Ref.of(item, kind).to_json(),
        "state": health.state,
        "healthy": health.trouble is None,
        "reason": health.trouble.en if health.trouble else None,
        "created": w.at(item, "metadata", "creationTimestamp"),
    }


def _events(items: list[Manifest], coverage: Coverage, warnings: bool) -> Answer:
    found = [each for each in folded(items) if each.type == "Warning" or not warnings]
    first = Text(f"{len(found)} 类事件。", f"{len(found)} kinds of event.")
    words = [first, *([events_table(found)] if found else [])]
    return Answer(join(words), {"items": [each.to_json() for each in found]}, coverage)

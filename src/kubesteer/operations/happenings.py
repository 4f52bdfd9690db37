"""Events: what the cluster said about objects, newest first, repetitions folded; and get_events."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from pydantic import Field

from kubesteer.core.clusters import Cluster
from kubesteer.core.findings import Coverage
from kubesteer.core.kinds import KINDS
from kubesteer.core.operations import Answer, Read
from kubesteer.core.refs import Ref
from kubesteer.core.requests import Manifest
from kubesteer.core.texts import Text
from kubesteer.operations import workloads as w
from kubesteer.operations.pods import shortened
from kubesteer.operations.surroundings import Surveyor
from kubesteer.operations.tables import table
from kubesteer.operations.times import age, instant

_VARIES = re.compile(r"\d+")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One kind of event on one object: how often in all, and when last (RFC 3339)."""

    type: str  # Normal or Warning
    reason: str
    about: Ref
    message: str
    count: int
    at: str

    def to_json(self) -> dict[str, Any]:
        """As data of an answer."""
        return {
            "type": self.type,
            "reason": self.reason,
            "object": self.about.to_json(),
            "message": self.message,
            "count": self.count,
            "last": self.at,
        }


class GetEvents(Read):
    """Events of an object, a kind, a namespace or the whole cluster."""

    name_ = "get_events"
    summary = Text("查看事件,最新的在前", "Show events, newest first, repetitions folded")
    examples = (
        Text("最近 production 有什么事件?", "any recent events in production?"),
        Text("my-nginx 的事件", "events of my-nginx"),
    )
    kind: str | None = Field(None, description="kind of the object that the events are about")
    namespace: str | None = Field(None, description="namespace; all of them if left out")
    name: str | None = Field(None, description="name of the object that the events are about")

    async def look(self, cluster: Cluster) -> Answer:
        """A table of what happened, warnings counted first."""
        events = await cluster.collect(
            "Event", self._namespace, fields=field_selector(self.kind, self.name), shape=dict
        )
        found = folded(events.items)
        coverage = Coverage({"Event": len(events.items)})
        data = {"events": [each.to_json() for each in found]}
        return Answer(self._words(found), data, coverage)

    @property
    def _namespace(self) -> str:
        kind = KINDS.get(self.kind or "")
        return "" if kind is not None and not kind.namespaced else self.namespace or ""

    def _words(self, found: list[Occurrence]) -> Text:
        where = Text(self.namespace or "所有命名空间", self.namespace or "all namespaces")
        about = " ".join(part for part in (self.kind, self.name) if part)
        if not found:
            return Text(
                f"{where.zh} 中没有{f'关于 {about} 的' if about else ''}事件(集群通常只保留一小时)。",
                f"No events{f' about {about}' if about else ''} in {where.en} (clusters usually keep an hour).",
            )
        warnings = sum(each.type == "Warning" for each in found)
        first = Text(
            f"{where.zh}:{len(found)} 类事件,其中 {warnings} 类是警告。",
            f"{where.en}: {len(found)} kinds of event, {warnings} of them warnings.",
        )
        return first + Text.same("\n") + events_table(found)


def events_table(found: list[Occurrence], most: int = 30) -> Text:
    """The occurrences under a header, newest first."""
    now = datetime.now(UTC)
    header = (
        Text("距今", "AGE"),
        Text("类型", "TYPE"),
        Text("原因", "REASON"),
        Text("对象", "OBJECT"),
        Text("次数", "COUNT"),
        Text("内容", "MESSAGE"),
    )
    rows = [
        (
            age(e.at, now),
            e.type,
            e.reason,
            f"{e.about.kind}/{e.about.name}",
            str(e.count),
            shortened(e.message),
        )
        for e in found
    ]
    return table(header, rows, most)


def folded(events: Iterable[Manifest]) -> list[Occurrence]:
    """Events newest first; those that differ only in numbers are one, counted together."""
    groups: dict[tuple[str, Ref, str, str], list[Manifest]] = {}
    for event in events:
        key = (str(event.get("type", "")), about_of(event), str(event.get("reason", "")), _gist(event))
        groups.setdefault(key, []).append(event)
    found = [_occurrence(group) for group in groups.values()]
    return sorted(found, key=lambda each: instant(each.at) or _EPOCH, reverse=True)


def about_of(event: Manifest) -> Ref:
    """The object that an event is about."""
    about = w.table_at(event, "involvedObject")
    return Ref(str(about.get("kind", "")), str(about.get("namespace", "")), str(about.get("name", "")))


def last_seen(event: Manifest) -> str:
    """When an event happened last: core/v1 Event has had three places for it."""
    series = w.at(event, "series", "lastObservedTime")
    stamps = (series, event.get("lastTimestamp"), event.get("eventTime"), event.get("firstTimestamp"))
    return str(next((s for s in stamps if s), w.at(event, "metadata", "creationTimestamp") or ""))


async def events_about(
    surveyor: Surveyor, target: Manifest, others: Iterable[Manifest] = ()
) -> list[Occurrence]:
    """Events of an object and of others that belong to it; empty and noted where they may not be seen.

    One request with a field selector for a lone object; with others, the namespace's events are sifted.
    """
    namespace, kind, name = (
        str(w.at(target, "metadata", "namespace") or ""),
        target.get("kind", ""),
        w.name_of(target),
    )
    wanted = {Ref(kind, namespace, name), *(Ref.of(each) for each in others)}
    fields = field_selector(kind, name) if len(wanted) == 1 else ""
    found = await surveyor.list("Event", namespace, fields=fields)
    uids = {w.uid_of(target), *map(w.uid_of, others)} - {""}
    return folded(e for e in found if about_of(e) in wanted and _same_life(e, uids))


def field_selector(kind: str | None, name: str | None) -> str:
    """The field selector for the events of a kind, a name or both."""
    parts = {"involvedObject.kind": kind, "involvedObject.name": name}
    return ",".join(f"{field}={value}" for field, value in parts.items() if value)


def _same_life(event: Manifest, uids: set[str]) -> bool:
    """Whether an event is of the object that lives now, not of an earlier one under the same name."""
    uid = w.at(event, "involvedObject", "uid")
    return not uid or uid in uids or about_of(event).kind == "Node"


def _gist(event: Manifest) -> str:
    return _VARIES.sub("#", str(event.get("message") or ""))[:300]


def _occurrence(group: list[Manifest]) -> Occurrence:
    newest = max(group, key=lambda event: instant(last_seen(event)) or _EPOCH)
    count = sum(max(int(e.get("count") or 0), int(w.at(e, "series", "count") or 0), 1) for e in group)
    return Occurrence(
        type=str(newest.get("type", "")),
        reason=str(newest.get("reason", "")),
        about=about_of(newest),
        message=" ".join(str(newest.get("message") or "").split()),
        count=count,
        at=last_seen(newest),
    )

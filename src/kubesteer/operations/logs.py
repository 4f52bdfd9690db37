"""get_logs: the newest lines of a workload's containers, with error lines picked out and grouped."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Annotated, Any

from pydantic import Field

from kubesteer.core.clusters import Cluster, LogQuery
from kubesteer.core.errors import ClusterError, NotFound
from kubesteer.core.findings import Coverage
from kubesteer.core.log_templates import LogTemplate
from kubesteer.core.operations import Answer, Read
from kubesteer.core.requests import Manifest
from kubesteer.core.texts import Text, join
from kubesteer.operations import workloads as w
from kubesteer.operations.counts import counted
from kubesteer.operations.digests import Digest, merged
from kubesteer.operations.named import Named
from kubesteer.operations.streams import Stream, streams_of
from kubesteer.operations.surroundings import Surveyor, pods_of
from kubesteer.operations.times import seconds_of

TAIL = 500
"""Lines of each container that are read where the person says neither how many nor since when."""
LONG_TAIL = 50_000
"""Lines of each container that are read for a span of time or in search of a text: the newest ones."""
MOST_BYTES = 64 * 2**20
"""Bytes of each container; the server would send the oldest part of a longer answer, so it is above LONG_TAIL."""
MOST_LINES = 20_000
"""Lines kept in memory, all containers together."""
MOST_SHOWN = 40
"""Lines that the words show where the person does not say how many."""
FEW_SHOWN = 10
"""The same where errors stand grouped above them, which tell more."""
MOST_ASKED = 1000
"""Lines that the words show at most, however many are asked for; all that are read are counted and grouped."""
MOST_PODS = 50
AT_ONCE = 8
"""Logs under way at the same time."""
MOST_GROUPS = 10


class GetLogs(Named, Read):
    """Logs of all pods of a workload."""

    name_ = "get_logs"
    summary = Text(
        "查看日志,并归类其中的错误", "Read the logs of a pod or a workload; errors are picked out and grouped"
    )
    kinds = ("Pod", "Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job", "CronJob", "Service")
    examples = (
        Text("看看 user-service 最近 10 分钟的日志", "logs of user-service in the last 10 minutes"),
        Text("cart 上次崩溃前的日志", "logs of cart from before its last crash"),
    )
    container: str | None = Field(None, description="container, where there are several")
    previous: bool = Field(False, description="of the run before the last restart")
    tail: Annotated[int, Field(ge=1, le=1_000_000)] | None = Field(
        None, description="newest lines of each container"
    )
    since: str | None = Field(None, description="how far back, such as 10m or 1h30m")
    contains: str | None = Field(None, description="only lines with this text", max_length=1000)

    async def look(self, cluster: Cluster) -> Answer:
        """A summary, the groups of error lines, and the newest lines."""
        query = self._query()
        target = await cluster.read(self.ref)
        surveyor = Surveyor(cluster, needed=frozenset({"Pod"}))
        pods = sorted(await pods_of(surveyor, target), key=_newest_first, reverse=True)
        if not pods:
            text = Text(
                f"{self.ref} 没有 Pod,因此没有日志。", f"{self.ref} has no pods, so there are no logs."
            )
            return Answer(text, {"lines": [], "errors": []}, Coverage({"Pod": 0}, surveyor.not_looked_at))
        streams = streams_of(pods[:MOST_PODS], self.container, previous=self.previous)
        digests, troubles = await self._read(cluster, streams, query)
        coverage = Coverage({"Log": len(digests)}, surveyor.not_looked_at | _reasons(troubles, pods))
        return Answer(self._words(digests, troubles, len(pods)), self._data(digests), coverage)

    def _query(self) -> LogQuery:
        since = seconds_of(self.since) if self.since else None
        tail = self.tail or (LONG_TAIL if self.since else TAIL)
        if self.contains:
            tail = max(tail, LONG_TAIL)  # the newest lines *with the text* are meant
        return LogQuery(
            previous=self.previous, tail=tail, since=since, timestamps=True, limit_bytes=MOST_BYTES
        )

    async def _read(
        self, cluster: Cluster, streams: list[Stream], query: LogQuery
    ) -> tuple[list[Digest], dict[str, ClusterError]]:
        """Every stream's digest, and the trouble of those that could not be read.

        Raises:
            ClusterError: not one of them could be read; the first trouble.
        """
        gate = asyncio.Semaphore(AT_ONCE)
        keep = max(MOST_SHOWN, MOST_LINES // len(streams))
        troubles: dict[str, ClusterError] = {}

        async def one(stream: Stream) -> Digest | None:
            digest = Digest(stream.label, keep, self.contains or "")
            async with gate:
                try:
                    async for line in cluster.logs(stream.pod, stream.query(query)):
                        digest.add(line)
                except ClusterError as trouble:
                    troubles[stream.label] = trouble
                    return digest if digest.seen else None
            return digest

        digests = [d for d in await asyncio.gather(*map(one, streams)) if d is not None]
        if not digests:
            raise next(iter(troubles.values()))
        return digests, troubles

    def _words(self, digests: list[Digest], troubles: dict[str, ClusterError], pods: int) -> Text:
        seen = sum(digest.seen for digest in digests)
        found = merged(digests)
        parts = [self._summary(seen, len(digests), pods, found)]
        bad = [each for each in found if each.severity != "info"][:MOST_GROUPS]
        if bad:
            parts.append(_groups(bad))
        if seen:
            parts.append(_newest(digests, self.tail or (FEW_SHOWN if bad else MOST_SHOWN)))
        parts += _offer(digests)
        parts += [Text.same(f"{label}: ") + trouble.text for label, trouble in sorted(troubles.items())]
        return join(parts)

    @property
    def _shown(self) -> int:
        return min(self.tail or MOST_SHOWN, MOST_ASKED)

    def _summary(self, seen: int, streams: int, pods: int, found: list[LogTemplate]) -> Text:
        errors = sum(each.count for each in found if each.severity == "error")
        filtered = (
            Text(f"(含“{self.contains}”)", f" with “{self.contains}”") if self.contains else Text("", "")
        )
        which = Text("上一次运行的", " from before the last restart") if self.previous else Text("", "")
        left = pods - MOST_PODS
        more = (
            Text(f"(只看了最新的 {MOST_PODS} 个 Pod)", f" (of the newest {MOST_PODS} pods)")
            if left > 0
            else Text("", "")
        )
        if not seen:
            return Text(
                f"{self.ref} 的 {streams} 个容器没有{which.zh}日志{filtered.zh}。{more.zh}",
                f"No log lines{filtered.en} in {counted(streams, 'container')} of {self.ref}{which.en}.{more.en}",
            )
        tally = (
            Text(f"其中 {errors} 行错误", f"{errors} of them errors")
            if errors
            else Text("没有错误", "no errors")
        )
        return Text(
            f"{self.ref} 的 {streams} 个容器{which.zh}共 {seen} 行日志{filtered.zh},{tally.zh}。{more.zh}",
            f"{counted(seen, 'log line')}{filtered.en} in {counted(streams, 'container')} of {self.ref}{which.en}, {tally.en}.{more.en}",
        )

    def _data(self, digests: list[Digest]) -> dict[str, Any]:
        found = merged(digests)
        lines = _latest(digests, self._shown)
        return {
            "lines_seen": sum(digest.seen for digest in digests),
            "sources": [digest.source for digest in digests],
            "errors": [_group(each) for each in found if each.severity == "error"][:50],
            "warnings": [_group(each) for each in found if each.severity == "warning"][:50],
            "lines": [{"source": source, "at": at, "line": line} for at, source, line in lines],
        }


def _newest_first(pod: Manifest) -> str:
    return str(w.at(pod, "metadata", "creationTimestamp") or "")


def _offer(digests: list[Digest]) -> list[Text]:
    """Which containers were read, where pods have several: one of them may be what is wanted."""
    names = sorted({digest.source.partition("/")[2] for digest in digests} - {""})
    if not names:
        return []
    listed = ", ".join(names)
    return [Text(f"(容器:{listed};可指定其中一个。)", f"(Containers: {listed}; one of them can be named.)")]


def _group(each: LogTemplate) -> dict[str, Any]:
    return {"template": each.template, "count": each.count, "example": each.example}


def _groups(found: Iterable[LogTemplate]) -> Text:
    lines = [Text.same(f"  {each.count}× {each.example}") for each in found]
    return join([Text("错误和警告(按类归并):", "Errors and warnings, grouped:"), *lines])


def _latest(digests: list[Digest], most: int) -> list[tuple[str, str, str]]:
    """The newest lines of all containers in the order they were written: (stamp, source, line)."""
    lines = [(at, digest.source, line) for digest in digests for at, line in digest.newest]
    if len(digests) > 1:
        lines.sort(key=lambda each: each[0])
    return lines[-most:]


def _newest(digests: list[Digest], most: int) -> Text:
    several = len(digests) > 1
    lines = [f"[{source}] {line}" if several else line for _, source, line in _latest(digests, most)]
    seen = sum(digest.seen for digest in digests)
    part = seen > len(lines)
    head = Text(f"最新的 {len(lines)} 行:\n", f"The newest {len(lines)} lines:\n") if part else _ALL
    return head + Text.same("\n".join(lines))


def _reasons(troubles: dict[str, ClusterError], pods: list[Manifest]) -> dict[str, str]:
    reasons = {
        f"Log {label}": "gone" if isinstance(trouble, NotFound) else trouble.text.en
        for label, trouble in troubles.items()
    }
    if len(pods) > MOST_PODS:
        reasons["Log"] = f"truncated: {len(pods) - MOST_PODS} older pods"
    return reasons


_ALL = Text("日志:\n", "Lines:\n")

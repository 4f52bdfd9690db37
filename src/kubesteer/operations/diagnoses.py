"""diagnose and scan: what is wrong, with one object or with everything. The rules live in `kubesteer.analyzers`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from kubesteer.core.clusters import Cluster
from kubesteer.core.operations import Answer, Read
from kubesteer.core.texts import Text
from kubesteer.operations.named import Named

if TYPE_CHECKING:
    from kubesteer.analyzers import Report


class Diagnose(Named, Read):
    """Why one object is unhealthy or slow."""

    name_ = "diagnose"
    summary = Text("诊断一个对象为什么不正常", "Find out why one object is unhealthy or slow")
    examples = (Text("user-service 为什么一直重启?", "why does user-service keep restarting?"),)

    async def look(self, cluster: Cluster) -> Answer:
        """Root causes with their evidence and remedies."""
        from kubesteer.analyzers import diagnose

        await cluster.read(self.ref)  # an object that does not exist is not a healthy one
        return _answer(await diagnose(cluster, self.ref))


class Scan(Read):
    """What is wrong in a namespace or the whole cluster."""

    name_ = "scan"
    summary = Text("检查集群或命名空间有什么问题", "Find out what is wrong in the cluster or a namespace")
    examples = (Text("集群有什么问题?", "what is wrong in the cluster?"),)
    namespace: str | None = Field(None, description="namespace; the whole cluster if left out")

    async def look(self, cluster: Cluster) -> Answer:
        """Root causes, the worst first, and what could not be looked at."""
        from kubesteer.analyzers import scan

        return _answer(await scan(cluster, self.namespace))


def _answer(report: Report) -> Answer:
    shape = report.to_json("en")
    shape.pop("coverage")
    return Answer(report.text, shape, report.coverage)

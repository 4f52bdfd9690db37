"""Remedies: what a diagnosis suggests, as calls to propose, with a second look afterwards."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kubesteer.core.clusters import Cluster
from kubesteer.core.findings import Finding
from kubesteer.core.plans import Call, Inventory
from kubesteer.core.refs import Ref
from kubesteer.core.texts import Text, join
from kubesteer.engine.targets import target_of
from kubesteer.engine.turns import Outcome

if TYPE_CHECKING:
    from kubesteer.analyzers import Report


@dataclass(frozen=True, slots=True)
class Remedy:
    """What was found, and what to propose; without calls, `outcome` says how the turn ends."""

    said: tuple[Text, ...]
    calls: tuple[Call, ...] = ()
    outcome: Outcome = "done"


class Remedies:
    """Finds the remedies that the cluster itself determines."""

    def __init__(self, cluster: Cluster, inventory: Callable[[], Awaitable[Inventory]]) -> None:
        self._cluster = cluster
        self._inventory = inventory

    async def find(self, arguments: Mapping[str, Any]) -> Remedy:
        """The remedy for one object, or without a name for the worst root cause of a namespace or the cluster.

        Raises ClusterError where it could not look, Ambiguous where several objects have that name.
        """
        from kubesteer.analyzers import diagnose, scan

        namespace = str(arguments.get("namespace") or "")
        if not arguments.get("name"):
            report = await scan(self._cluster, namespace or None)
            return remedy_of(report, worst_only=True)
        ref = await self._ref(arguments, namespace)
        return remedy_of(await diagnose(self._cluster, ref))

    async def _ref(self, arguments: Mapping[str, Any], namespace: str) -> Ref:
        kind, name = str(arguments.get("kind") or ""), str(arguments["name"])
        if kind and (namespace or kind == "Node"):
            return Ref(kind, namespace, name)
        return target_of(await self._inventory(), f"{kind}/{name}" if kind else name, namespace)


def remedy_of(report: Report, *, worst_only: bool = False) -> Remedy:
    """What a report's findings ask for: the first suggestion of each that is the object's own or a root of it,
    and a diagnosis afterwards."""
    findings = [finding for finding in report.findings if finding.severity != "info"]
    if not findings:
        return Remedy((report.text,), outcome="failed" if report.blind else "done")
    mendable = [finding for finding in findings if finding.suggestions and finding in report.mine]
    if not mendable:
        wanting = any(finding.missing for finding in findings)
        return Remedy((*map(_told, findings), _NO_REMEDY), outcome="ask" if wanting else "failed")
    chosen = mendable[:1] if worst_only else mendable
    left = [_told(f) for f in findings if f not in mendable]
    return Remedy((*map(_told, chosen), *left), _calls(chosen))


def _calls(findings: Sequence[Finding]) -> tuple[Call, ...]:
    mending = [Call(f.suggestions[0].operation, f.suggestions[0].arguments) for f in findings]
    again = [_diagnosis(finding.object) for finding in findings]
    unique = [call for index, call in enumerate([*mending, *again]) if call not in [*mending, *again][:index]]
    return tuple(unique)


def _diagnosis(ref: Ref) -> Call:
    arguments = {"kind": ref.kind, "namespace": ref.namespace, "name": ref.name}
    return Call("diagnose", {key: value for key, value in arguments.items() if value})


def _told(finding: Finding) -> Text:
    lines = [finding.summary, finding.cause]
    if finding.missing is not None:
        lines.append(finding.missing)
    return join([line for line in lines if line.en])


_NO_REMEDY = Text(
    "集群里的信息不足以决定怎么改,所以没有提出变更。",
    "What the cluster shows does not determine a remedy, so no change is proposed.",
)

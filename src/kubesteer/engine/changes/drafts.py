"""Working out a change before anybody is asked: read, judge, dry-run, diff, and the way back. Nothing is written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from kubesteer.core.clusters import Cluster
from kubesteer.core.errors import NotFound, Throttled
from kubesteer.core.ledgers import Step, Write
from kubesteer.core.operations import Change, NoWayBack, Snapshot
from kubesteer.core.refs import Ref
from kubesteer.core.requests import Apply, Create, Evict, Manifest, Request
from kubesteer.engine.changes.accesses import accesses_of, check_accesses
from kubesteer.engine.changes.letters import digest, letter_of, verb_of
from kubesteer.engine.changes.marks import marked
from kubesteer.engine.changes.particulars import Sending, Task, Verb
from kubesteer.engine.changes.previews import effect, preview, titled, with_changes
from kubesteer.operations.differences import differences
from kubesteer.policies.redactions import redacted


@dataclass(frozen=True, slots=True)
class Draft:
    """One step worked out: what is shown, and what carries it out."""

    step: Step
    task: Task


@dataclass(slots=True)
class Drafter:
    """Works out the steps of one change in their order; a later step finds what the earlier ones will leave.

    `judge` raises where a policy forbids a step.
    """

    cluster: Cluster
    mark_prefix: str
    judge: Callable[[Change, Snapshot], None] = field(default=lambda _change, _before: None)
    writes: int = 0
    _expected: dict[Ref, Manifest] = field(default_factory=dict)

    async def draft(self, change: Change) -> Draft:
        """Work out one step.

        Raises:
            Unusable: its arguments make no sense for the object.
            Refused: a policy forbids it.
            Forbidden: we may not send it.
            ClusterError: the server does not accept it, or cannot be asked.
        """
        before = self._as_left(change.target(), await change.snapshot(self.cluster))
        requests = change.requests(before)
        self.judge(change, before)
        standing = [await self._standing(request, before) for request in requests]
        pairs = list(zip(requests, standing, strict=True))
        accesses = [a for request, found in pairs for a in accesses_of(request, exists=found is not None)]
        await check_accesses(self.cluster, accesses)
        rehearsed = [await self._rehearsed(request, found) for request, found in pairs]
        if len(requests) > 1:
            way_back = change.undo_all(before, rehearsed)
        else:
            way_back = change.undo(before, self._outcome_of(change.target(), requests, rehearsed))
        return self._written_down(change, before, pairs, rehearsed, way_back)

    def _as_left(self, target: Ref, found: Snapshot) -> Snapshot:
        expected = self._expected.get(target)
        return found if expected is None else replace(found, target=expected)

    async def _standing(self, request: Request, before: Snapshot) -> Manifest | None:
        """The object that a request is about, as it stands; None where it is absent."""
        if request.ref in self._expected:
            return self._expected[request.ref]
        known = [before.target, *before.of(request.ref.kind)]
        found = next((m for m in known if m and _names(m, request.ref)), None)
        if found is not None:
            return found
        try:
            return await self.cluster.read(request.ref)
        except NotFound:
            if isinstance(request, Create | Apply):
                return None
            raise

    async def _rehearsed(self, request: Request, standing: Manifest | None) -> Manifest | None:
        """The outcome of the dry run, on top of what earlier steps will leave."""
        earlier = self._expected.get(request.ref)
        after = await rehearsal(self.cluster, request, standing)
        if earlier is None or after is None:
            outcome = after
        else:
            outcome = with_changes(earlier, differences(await self.cluster.read(request.ref), after))
        if outcome is not None:
            self._expected[request.ref] = outcome
        return outcome

    def _outcome_of(
        self, target: Ref, requests: Sequence[Request], rehearsed: Sequence[Manifest | None]
    ) -> Manifest | None:
        """What the dry run made of the target; of the first request where none is about the target."""
        about = [after for request, after in zip(requests, rehearsed, strict=True) if request.ref == target]
        return (about or list(rehearsed) or [None])[0]

    def _written_down(
        self,
        change: Change,
        before: Snapshot,
        pairs: Sequence[tuple[Request, Manifest | None]],
        rehearsed: Sequence[Manifest | None],
        way_back: Change | NoWayBack,
    ) -> Draft:
        sendings = tuple(
            Sending(
                letter_of(request),
                *_bound(request, standing),
                preview(request, standing, after),
                effect(request, standing, after),
            )
            for (request, standing), after in zip(pairs, rehearsed, strict=True)
        )
        step = Step(
            operation=change.name_,
            arguments=redacted(change.arguments()),
            diff=titled((sending.request.ref, sending.diff) for sending in sendings),
            explained=redacted(change.explain(before)),
            writes=tuple(self._write(sending) for sending in sendings),
            irreversible=way_back.text if isinstance(way_back, NoWayBack) else None,
        )
        undo = None if isinstance(way_back, NoWayBack) else Verb.of(way_back)
        return Draft(step, Task(Verb.of(change), sendings, _kept(before), undo))

    def _write(self, sending: Sending) -> Write:
        self.writes += 1
        request = sending.request
        return Write(
            mark=f"{self.mark_prefix}{self.writes}",
            verb=verb_of(request),
            about=request.ref,
            digest=digest(sending.letter),
            uid=sending.uid,
            resource_version=sending.resource_version,
        )


async def rehearsal(cluster: Cluster, request: Request, standing: Manifest | None) -> Manifest | None:
    """What the server makes of a request in a dry run, mark included."""
    try:
        return await cluster.rehearse(marked(request, "dry-run", standing))
    except Throttled:
        if isinstance(request, Evict):
            return None  # a disruption budget holds it back now; it will be waited for
        raise


def numbered(drafts: Iterable[Draft], identifier: str) -> tuple[Step, ...]:
    """The steps of drafts; where there is a single write, its mark is the id alone."""
    steps = tuple(draft.step for draft in drafts)
    if sum(len(step.writes) for step in steps) != 1:
        return steps
    return tuple(
        replace(step, writes=tuple(replace(write, mark=identifier) for write in step.writes))
        for step in steps
    )


def _names(manifest: Manifest, ref: Ref) -> bool:
    metadata = manifest.get("metadata") or {}
    kind = manifest.get("kind") or ref.kind
    return (kind, metadata.get("namespace", ""), metadata.get("name")) == (ref.kind, ref.namespace, ref.name)


def _bound(request: Request, standing: Manifest | None) -> tuple[str, str]:
    """UID and resourceVersion that a request is bound to."""
    metadata = (standing or {}).get("metadata") or {}
    if isinstance(request, Create):
        return "", ""
    return str(metadata.get("uid", "")), str(metadata.get("resourceVersion", ""))


def _kept(before: Snapshot) -> Snapshot:
    """A snapshot as the ledger seals it: without managedFields, and without the data of Secrets."""
    related = {kind: tuple(_slim(each) for each in found) for kind, found in before.related.items()}
    target = None if before.target is None else _slim(before.target)
    return replace(before, target=target, related=related)


def _slim(manifest: Manifest) -> Manifest:
    metadata = {key: value for key, value in manifest.get("metadata", {}).items() if key != "managedFields"}
    slim: Manifest = manifest | {"metadata": metadata}
    return dict(redacted(slim)) if slim.get("kind") == "Secret" else slim

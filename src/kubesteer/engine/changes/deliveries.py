"""Sending one approved request at most once.

The intent is on record before the request is sent, the object carries the mark of the write once it was carried
out, and UID and resourceVersion stand in the request itself. So whatever breaks in between (the process, the
connection, the server), the object is asked what happened before anything is sent again.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import NoReturn

from kubesteer.core.drifts import Drifted
from kubesteer.core.errors import ClusterError, Conflict, KubesteerError, NotFound, Throttled, Unavailable
from kubesteer.core.ledgers import Line, Write
from kubesteer.core.requests import Create, Delete, Evict, Manifest, Precondition, Warrant
from kubesteer.core.texts import Text
from kubesteer.engine.changes.drifts import check_drift, is_gone, standing_object, written_already
from kubesteer.engine.changes.marks import leaves_mark, mark_of, marked
from kubesteer.engine.changes.particulars import Sending
from kubesteer.engine.changes.workshops import Workshop
from kubesteer.engine.progress import Narrator

PATIENCE = 600.0
"""Seconds that a request may be held back (no answer, 409, 429) before the change is left for `resume`."""
MOST_CONFLICTS = 30
"""409 answers in a row before a change gives up: the object is being written all the time."""
LONGEST_PAUSE = 5.0

Keep = Callable[[Write, Line], Awaitable[None]]
"""Puts the new state of a write on record, with its line, in one transaction."""


class Undeliverable(KubesteerError):
    """The server refuses the request for good; nothing was written by it."""


@dataclass(slots=True)
class Delivery:
    """One request on its way."""

    change: str
    sending: Sending
    write: Write
    shop: Workshop
    narrate: Narrator
    keep: Keep

    async def deliver(self) -> Manifest | None:
        """See to it that the request is carried out, once. Returns the object as written, where it is known.

        Raises:
            Drifted: what would happen now is not what was approved.
            Undeliverable: the server refuses it.
            ClusterError: it cannot be told yet; `resume` goes on from here.
        """
        deadline = self.shop.clock.steady() + PATIENCE
        conflicts = failures = 0
        while True:
            try:
                current = await standing_object(self.shop.cluster, self.write.about)
                if told := self._told_by(current):
                    await self._applied(current, told)
                    return current if leaves_mark(self.sending.request) else None
                await self._intend(current)
                answer = await self._send(current)
            except Conflict:
                conflicts += 1
                if conflicts > MOST_CONFLICTS:
                    await self._refused(_STORM)
                await self._pause(min(LONGEST_PAUSE, 0.05 * 2 ** min(conflicts, 6)), _CONFLICT)
            except Throttled as trouble:
                if self.shop.clock.steady() > deadline:
                    await self._refused(trouble.text, trouble)
                await self._pause(trouble.retry_after, trouble.text)
            except Unavailable as trouble:
                if self.shop.clock.steady() > deadline:
                    raise
                failures += 1
                await self._pause(min(LONGEST_PAUSE, 0.25 * 2 ** min(failures, 6)), trouble.text)
            else:
                await self._applied(answer or current, _SENT)
                return answer

    def _told_by(self, current: Manifest | None) -> Text | None:
        """What the object itself tells: that the request was carried out, or is not needed any more."""
        request = self.sending.request
        if self.write.state == "intended" and written_already(request, self.write, current):
            return _FOUND_WRITTEN
        return _GONE if isinstance(request, Evict) and is_gone(current, self.write.uid) else None

    async def _intend(self, current: Manifest | None) -> None:
        """Check that the approval still fits, and put on record that the request is about to be sent."""
        if self.write.state == "intended":
            self._check_untouched(current)
        version = await check_drift(self.shop.cluster, self.sending, self.write, current)
        earlier = mark_of(current)
        intended = replace(self.write, state="intended", resource_version=version, earlier_mark=earlier)
        if intended != self.write:
            await self.keep(intended, self._line("intended", _INTENDED, resource_version=version))
            self.write = intended

    def _check_untouched(self, current: Manifest | None) -> None:
        """After an unknown outcome: had another change of ours come in between, its mark would hide ours."""
        if leaves_mark(self.sending.request) and mark_of(current) != self.write.earlier_mark:
            raise Drifted(
                Text(
                    f"{self.write.about} 在中断期间又被另一个变更({mark_of(current) or '未知'})修改,"
                    "无法判断本次写入是否已经发生,不再重发。",
                    f"{self.write.about} was written by another change ({mark_of(current) or 'unknown'}) during the "
                    "interruption; whether ours was carried out cannot be told, so it is not sent again.",
                )
            )

    async def _send(self, current: Manifest | None) -> Manifest | None:
        request = self.sending.request
        warrant = Warrant(self.change, marked(request, self.write.mark, current), self._precondition(request))
        try:
            return await self.shop.actuator.send(warrant)
        except (Conflict, Throttled, Unavailable):
            raise
        except NotFound as trouble:
            if isinstance(request, Delete | Evict):
                return None  # it is gone, which is all that was wanted
            return await self._refused(trouble.text, trouble)
        except ClusterError as trouble:
            return await self._refused(trouble.text, trouble)

    async def _refused(self, why: Text, trouble: ClusterError | None = None) -> NoReturn:
        """The server said no, so nothing was written."""
        status = trouble.status if trouble else 0
        await self.keep(
            replace(self.write, state="refused", note=why), self._line("refused", why, status=status)
        )
        raise Undeliverable(why, trouble.remedy if trouble else None) from trouble

    def _precondition(self, request: object) -> Precondition:
        if isinstance(request, Create):
            return Precondition()
        if isinstance(request, Delete | Evict):
            return Precondition(uid=self.write.uid)  # a pod's status changes faster than it can be evicted
        return Precondition(self.write.uid, self.write.resource_version)

    async def _applied(self, written: Manifest | None, text: Text) -> None:
        version = str(((written or {}).get("metadata") or {}).get("resourceVersion", ""))
        applied = replace(self.write, state="applied")
        await self.keep(applied, self._line("applied", text, resource_version=version))
        self.write = applied

    async def _pause(self, seconds: float, why: Text) -> None:
        self.narrate(_AGAIN + why)
        await self.shop.clock.sleep(seconds)

    def _line(self, event: str, text: Text, **more: object) -> Line:
        data = {"object": self.write.about.to_json(), "mark": self.write.mark, "sha256": self.write.digest}
        return Line(
            event, "kubesteer", text, {**data, **{key: value for key, value in more.items() if value}}
        )


_INTENDED = Text("即将发送", "about to be sent")
_SENT = Text("已写入", "written")
_FOUND_WRITTEN = Text("对象上已有本次写入的标记:已写入", "the object shows that it was written")
_STORM = Text(
    f"对象一直在被别人修改,连续 {MOST_CONFLICTS} 次冲突,放弃写入。",
    f"The object is being changed all the time: {MOST_CONFLICTS} conflicts in a row, so it was not written.",
)
_GONE = Text("Pod 已经不在,无需驱逐", "the pod is gone already: nothing was sent")
_CONFLICT = Text("对象刚被别人改过", "somebody just changed the object")
_AGAIN = Text("重新核对后再试:", "looking again before another try: ")

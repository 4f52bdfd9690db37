"""When the cluster is no longer what the person agreed on."""

from __future__ import annotations

from kubesteer.core.clusters import Cluster
from kubesteer.core.drifts import Drifted
from kubesteer.core.errors import Conflict, Forbidden, Invalid, NotFound, Unusable
from kubesteer.core.ledgers import Write
from kubesteer.core.refs import Ref
from kubesteer.core.requests import Create, Delete, Evict, Manifest, Request
from kubesteer.core.texts import Text
from kubesteer.engine.changes.drafts import rehearsal
from kubesteer.engine.changes.marks import mark_of
from kubesteer.engine.changes.particulars import Sending, Task
from kubesteer.engine.changes.previews import effect, preview


async def standing_object(cluster: Cluster, ref: Ref) -> Manifest | None:
    """The object as it is now; None where it does not exist."""
    try:
        return await cluster.read(ref)
    except NotFound:
        return None


async def check_drift(cluster: Cluster, sending: Sending, write: Write, current: Manifest | None) -> str:
    """The resourceVersion to send a request under, if the approved diff is still what would happen.

    Status changes an object all the time; that is no drift. What counts is the object's identity and the diff
    that the very same request makes of it now.

    Raises:
        Drifted: it is another object, it is gone, or the diff would be another.
    """
    request = sending.request
    metadata = (current or {}).get("metadata") or {}
    if isinstance(request, Evict):
        return str(metadata.get("resourceVersion", ""))  # a pod that is gone needs no eviction: no drift
    if str(metadata.get("uid", "")) != sending.uid and not isinstance(request, Create):
        raise Drifted(_replaced(write.about, gone=current is None, appeared=not sending.uid))
    if isinstance(request, Create) and current is not None:
        raise Drifted(_replaced(write.about, gone=False, appeared=True))
    version = str(metadata.get("resourceVersion", ""))
    if version not in (sending.resource_version, write.resource_version):
        await _check_effect(cluster, sending, current)
    return version


def written_already(request: Request, write: Write, current: Manifest | None) -> bool:
    """Whether the object shows that a request whose intent is on record was carried out."""
    if not isinstance(request, Delete | Evict):
        return mark_of(current) == write.mark
    return is_gone(current, write.uid)


def is_gone(current: Manifest | None, uid: str) -> bool:
    """Whether the object of that UID is deleted, or on its way out."""
    metadata = (current or {}).get("metadata") or {}
    return metadata.get("uid", "") != uid or bool(metadata.get("deletionTimestamp"))


async def check_leavers(cluster: Cluster, task: Task) -> None:
    """A drain evicts the pods that were shown: those that came to the node since would have to be shown too.

    Raises:
        Drifted: there are more now.
    """
    shown = {sending.request.ref for sending in task.sendings if isinstance(sending.request, Evict)}
    if not shown:
        return
    change = task.verb.change
    try:
        now = change.requests(await change.snapshot(cluster))
    except Unusable:
        return  # all of them are gone already
    more = sorted(
        str(request.ref) for request in now if isinstance(request, Evict) and request.ref not in shown
    )
    if more:
        listed = ", ".join(more[:5])
        raise Drifted(
            Text(f"在此期间又有 Pod 要驱逐:{listed}。", f"There are more pods to evict by now: {listed}.")
        )


async def _check_effect(cluster: Cluster, sending: Sending, current: Manifest | None) -> None:
    request = sending.request
    try:
        after = None if isinstance(request, Delete | Evict) else await rehearsal(cluster, request, current)
    except (Invalid, Forbidden, NotFound, Conflict) as refusal:
        raise Drifted(_REFUSED_NOW + refusal.text) from refusal
    if effect(request, current, after) == sending.effect:
        return
    now = preview(request, current, after)
    about = request.ref
    if not now:
        raise Drifted(
            Text(
                f"{about} 已经是要改成的样子,没有什么可改。",
                f"{about} is that way already: nothing to change.",
            )
        )
    raise Drifted(
        Text(
            f"{about} 在提出变更之后被改过,现在的差异是:\n{now}",
            f"{about} was changed since the proposal; the diff is now:\n{now}",
        )
    )


_REFUSED_NOW = Text(
    "提出变更之后情况变了,服务器现在会拒绝它:",
    "Things changed since the proposal; the server would refuse it now: ",
)


def _replaced(about: Ref, *, gone: bool, appeared: bool) -> Text:
    if gone:
        return Text(f"{about} 已不存在。", f"{about} does not exist any more.")
    if appeared:
        return Text(f"{about} 在此期间被别人创建了。", f"Somebody created {about} in the meantime.")
    return Text(
        f"{about} 已被删除并重新创建,不是原来的那个对象。",
        f"{about} was deleted and created anew: it is not the object that was approved.",
    )

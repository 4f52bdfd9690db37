"""Whether an approval holds: one person, once, in time, for exactly what was shown, on the same cluster."""

from __future__ import annotations

import hmac
from datetime import datetime, timedelta

from kubesteer.core.clusters import Identity
from kubesteer.core.errors import Refused
from kubesteer.core.ledgers import Record
from kubesteer.core.texts import Text
from kubesteer.engine.changes.clocks import moment_of
from kubesteer.engine.changes.particulars import Particulars, binding

CLOCK_SLACK = timedelta(minutes=2)
"""How far a proposal may lie in the future before the clock is thought to have jumped."""


def check_standing(record: Record) -> None:
    """Only a proposal can be approved, and only once.

    Raises:
        Refused: it has gone further already.
    """
    if record.state == "proposed":
        return
    who = "、".join(record.approved_by)
    why = {
        "rejected": Text("它已被拒绝。", "It was rejected."),
        "expired": Text("它已失效。", "It has expired."),
    }.get(
        record.state,
        Text(f"它已由 {who} 批准过。", f"It was approved already, by {who.replace('、', ', ')}."),
    )
    raise Refused(Text(f"不能批准 {record.id}:", f"{record.id} cannot be approved: ") + why)


def check_binding(record: Record, particulars: Particulars, digest: str) -> None:
    """The approval names what was shown, and what would be sent is what was shown.

    Raises:
        Refused: either differs.
    """
    if not hmac.compare_digest(binding(record, particulars), record.digest):
        raise Refused(
            Text(
                f"{record.id} 的内容与提出时不符,可能被篡改。",
                f"The content of {record.id} is not what was proposed: it may have been tampered with.",
            ),
            Text("用 `kubesteer history verify` 检查。", "Check with `kubesteer history verify`."),
        )
    if digest and not hmac.compare_digest(digest.encode(), record.digest.encode()):
        raise Refused(
            Text(
                f"批准的不是 {record.id} 现在的内容。",
                f"What was approved is not what {record.id} contains.",
            )
        )


def is_here(record: Record, identity: Identity) -> bool:
    """Whether a change belongs to this cluster. Whoever may not read kube-system knows a cluster by a digest of
    its address instead of its UID (`core.clusters.Identity`); then the address decides."""
    if record.cluster == identity.uid:
        return True
    by_address = not (_is_uid(record.cluster) and _is_uid(identity.uid))
    return by_address and record.server == identity.server


def _is_uid(word: str) -> bool:
    return word.count("-") == 4


def check_cluster(record: Record, identity: Identity) -> None:
    """It must be carried out where it was proposed.

    Raises:
        Refused: this is another cluster.
    """
    if not is_here(record, identity):
        raise Refused(
            Text(
                f"{record.id} 是在另一个集群({record.server})上提出的。",
                f"{record.id} was proposed on another cluster ({record.server}).",
            ),
            Text("请切换到那个集群的 context。", "Switch to that cluster's context."),
        )


def lapsed(record: Record, now: datetime) -> Text | None:
    """Why a proposal's time is over; None while it is valid."""
    if now >= moment_of(record.expires_at):
        return Text(
            f"{record.id} 已过期(有效期至 {record.expires_at})。",
            f"{record.id} has expired (it was valid until {record.expires_at}).",
        )
    if now + CLOCK_SLACK < moment_of(record.created_at):
        return Text(
            f"{record.id} 的提出时间 {record.created_at} 在未来:时钟可能跳变过。",
            f"{record.id} was proposed in the future ({record.created_at}): the clock seems to have jumped.",
        )
    return None

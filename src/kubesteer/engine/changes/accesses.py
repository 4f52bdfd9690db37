"""Whether the server would let us do exactly what will be sent, asked before it is proposed."""

from __future__ import annotations

from collections.abc import Iterable

from kubesteer.core.clusters import Access, Cluster
from kubesteer.core.errors import Forbidden
from kubesteer.core.kinds import KINDS
from kubesteer.core.refs import Ref
from kubesteer.core.requests import Apply, Evict, Patch, Request
from kubesteer.core.texts import Text
from kubesteer.engine.changes.letters import verb_of


def accesses_of(request: Request, *, exists: bool) -> tuple[Access, ...]:
    """What a request needs. An apply of an absent object needs create as well as patch."""
    ref = request.ref
    match request:
        case Evict():
            return (Access("create", ref, "eviction"),)
        case Patch():
            return (Access("patch", ref, request.subresource),)
        case Apply() if not exists:
            return (Access("patch", ref), Access("create", _collection(ref)))
    if verb_of(request) == "create":
        return (Access("create", _collection(ref)),)
    return (Access(verb_of(request), ref),)


async def check_accesses(cluster: Cluster, accesses: Iterable[Access]) -> None:
    """Ask for each once.

    Raises:
        Forbidden: the server would refuse; says which verb on which resource, and the rule that allows it.
    """
    for access in dict.fromkeys(accesses):
        if not await cluster.allowed(access):
            raise _denied(access)


def _collection(ref: Ref) -> Ref:
    return Ref(ref.kind, ref.namespace, "")  # RBAC cannot restrict create by name


def _denied(access: Access) -> Forbidden:
    kind = KINDS.get(access.ref.kind)
    group = kind.group if kind else ""
    resource = kind.plural if kind else access.ref.kind.lower()
    resource += f"/{access.subresource}" if access.subresource else ""
    full = f"{resource}.{group}" if group else resource
    place = access.ref.namespace
    named = f" {access.ref.name}" if access.ref.name else ""
    return Forbidden(
        Text(
            f"没有权限:{access.verb} {full}{named}" + (f"(命名空间 {place})。" if place else "(集群级)。"),
            f"Not permitted: {access.verb} {full}{named} "
            + (f"in namespace {place}." if place else "in the cluster."),
        ),
        Text("需要这条 RBAC 规则:", "This RBAC rule would allow it:")
        + Text.same("\n" + _rule(access, group, resource)),
        status=403,
        sent=False,
    )


def _rule(access: Access, group: str, resource: str) -> str:
    return f'- apiGroups: ["{group}"]\n  resources: ["{resource}"]\n  verbs: ["{access.verb}"]'

"""Whether the server would let us do exactly what will be sent, asked before it is proposed."""

from __future__ import annotations

from collections.abc import Iterable

from kubesteer.core.clusters import Access, Cluster
from kubesteer.core.errors import Forbidden
from kubesteer.core.kinds import KINDS
from kubesteer.core.refs import Ref
from kubesteer.core.requests import Apply, Evict, Patch, Request
from kubesteer.core.roles import Grant, remedy_by, role_for
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
        Forbidden: the server would refuse; says who may not do what, and prints the Role that allows it.
    """
    for access in dict.fromkeys(accesses):
        if not await cluster.allowed(access):
            raise _denied(access, (await cluster.identity()).user)


def _collection(ref: Ref) -> Ref:
    return Ref(ref.kind, ref.namespace, "")  # RBAC cannot restrict create by name


def _denied(access: Access, user: str) -> Forbidden:
    kind = KINDS.get(access.ref.kind)
    group = kind.group if kind else ""
    resource = kind.plural if kind else access.ref.kind.lower()
    resource += f"/{access.subresource}" if access.subresource else ""
    full = f"{resource}.{group}" if group else resource
    place = access.ref.namespace
    named = f" {access.ref.name}" if access.ref.name else ""
    return Forbidden(
        Text(
            f"没有权限:{user or '当前用户'} 不能 {access.verb} {full}{named}"
            + (f"(命名空间 {place})。" if place else "(集群级)。"),
            f"Not permitted: {user or 'we'} may not {access.verb} {full}{named} "
            + (f"in namespace {place}." if place else "in the cluster."),
        ),
        remedy_by(role_for(Grant(access.verb, resource, group, place), user)),
        status=403,
        sent=False,
    )

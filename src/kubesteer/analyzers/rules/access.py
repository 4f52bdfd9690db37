"""Permissions that a workload's logs say it lacks.

Wording: the API server's Forbidden ('pods is forbidden: User "system:serviceaccount:ns:sa" cannot list resource
"pods" in API group "" in the namespace "ns"'). Logs are not to be trusted: a line can be written by anybody who
can make a workload log it. So a permission is proposed only for the workload's own ServiceAccount, only where
the words are complete, and never beyond what reading needs or anything that would open more doors.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from kubesteer.analyzers.matches import Match, Remedy, Rule
from kubesteer.analyzers.remedies import only_person
from kubesteer.analyzers.resources.pods import Pod
from kubesteer.analyzers.rules.quotes import log_quote
from kubesteer.analyzers.world import World
from kubesteer.core.findings import Suggestion
from kubesteer.core.texts import Text

DENIED = re.compile(
    r'User \\?"system:serviceaccount:([a-z0-9.-]+):([a-z0-9.-]+)\\?" cannot ([a-z]+) resource \\?"([a-z0-9./-]+)\\?"'
    r' in API group \\?"([a-z0-9.-]*)\\?"(?: in the namespace \\?"([a-z0-9-]+)\\?"| at the cluster scope)'
)
HARMLESS_VERBS = frozenset({"get", "list", "watch"})
GUARDED = frozenset(
    {"secrets", "serviceaccounts", "pods/exec", "pods/attach", "pods/portforward", "nodes/proxy"}
)
"""What a log line alone must not open: reading these amounts to being somebody else."""
GUARDED_GROUPS = frozenset({"rbac.authorization.k8s.io", "certificates.k8s.io", "authentication.k8s.io"})
NAME = re.compile(r"[^a-z0-9.-]")


def _find(world: World) -> Iterator[Match]:
    for (owner, container), lines in world.logs.items():
        found = next((match for line in reversed(lines) if (match := DENIED.search(line[:4000]))), None)
        pod = next(iter(world.pods_of(owner)), None)
        if found is not None and pod is not None and _own(pod, found):
            yield _match(world, pod, container, found)


def _own(pod: Pod, found: re.Match[str]) -> bool:
    return (found[1], found[2]) == (pod.namespace, pod.spec.service_account_name or "default")


def _match(world: World, pod: Pod, container: str, found: re.Match[str]) -> Match:
    scope = found[6] or ""
    where = (
        Text(f"命名空间 {scope} 的", f" in namespace {scope}")
        if scope
        else Text("整个集群的", " of the whole cluster")
    )
    return Match(
        object=world.top(pod),
        subject=pod.ref,
        container=container,
        values={
            "account": found[2],
            "verb": found[3],
            "resource": found[4],
            "group": found[5],
            "scope": scope,
            "where": where,
        },
        evidence=(log_quote(found[0].replace("\\", "")),),
    )


def _remedy(world: World, match: Match) -> Remedy:
    del world
    verb, resource, group = (str(match.values[key]) for key in ("verb", "resource", "group"))
    account, scope = str(match.values["account"]), str(match.values["scope"])
    said = only_person(
        f"ServiceAccount {match.object.namespace}/{account} 缺少对 {resource} 的 {verb} 权限;是否给它由人决定。",
        f"ServiceAccount {match.object.namespace}/{account} may not {verb} {resource}; a person decides whether it should.",
    )
    if (
        scope != match.object.namespace
        or verb not in HARMLESS_VERBS
        or resource in GUARDED
        or group in GUARDED_GROUPS
    ):
        return said
    name = NAME.sub("-", f"{account}-{resource}-{verb}")[:60].strip("-.")
    both = {
        "apiVersion": "v1",
        "kind": "List",
        "items": list(_role(name, scope, account, group, resource, verb)),
    }
    return Remedy((Suggestion("apply", {"manifest": json.dumps(both, ensure_ascii=False)}),))


def _role(
    name: str, namespace: str, account: str, group: str, resource: str, verb: str
) -> Iterator[dict[str, object]]:
    metadata = {"name": name, "namespace": namespace}
    verbs = ["get", "list", "watch"] if verb in ("list", "watch") else [verb]
    yield {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "Role",
        "metadata": metadata,
        "rules": [{"apiGroups": [group], "resources": [resource], "verbs": verbs}],
    }
    yield {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "RoleBinding",
        "metadata": metadata,
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": name},
        "subjects": [{"kind": "ServiceAccount", "name": account, "namespace": namespace}],
    }


RULES = (
    Rule(
        id="rbac-denied",
        group="access",
        kind="Pod",
        severity="warning",
        outage=True,
        title=Text("工作负载的 ServiceAccount 缺少权限", "A workload's ServiceAccount lacks a permission"),
        summary=Text(
            "{object} 的 ServiceAccount {account} 不能 {verb} {where} {resource}。",
            "{object}: its ServiceAccount {account} may not {verb} {resource}{where}.",
        ),
        cause=Text(
            "日志说 API Server 拒绝了它的请求。", "Its log says that the API server refuses its requests."
        ),
        find=_find,
        remedy=_remedy,
    ),
)

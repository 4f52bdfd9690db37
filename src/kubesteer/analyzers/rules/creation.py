"""Pods that may not even be created: quota, limits, pod security, webhooks, a missing ServiceAccount.

Messages: kubernetes plugin/pkg/admission (resourcequota, limitranger, podsecurity, serviceaccount) and
pkg/controller's FailedCreate ("Error creating: pods "x" is forbidden: …").
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from kubesteer.analyzers.matches import Match, Remedy, Rule
from kubesteer.analyzers.near import near_hint
from kubesteer.analyzers.remedies import only_person
from kubesteer.analyzers.resources.shapes import Object, moment
from kubesteer.analyzers.resources.workloads import Job, ReplicaSet, Workload
from kubesteer.analyzers.rules.quotes import event_quote
from kubesteer.analyzers.world import World
from kubesteer.core.refs import Ref
from kubesteer.core.texts import Text


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why the API server refuses a pod: the words that tell it, and what to say."""

    id: str
    pattern: re.Pattern[str]
    title: Text
    cause: Text


def _refusal(name: str, words: str, title: Text, cause: Text) -> Refusal:
    return Refusal(f"creation-{name}" if name else "creation", re.compile(words, re.IGNORECASE), title, cause)


REFUSALS = (
    _refusal(
        "quota",
        r"exceeded quota: ([\w.-]+)|failed quota: ([\w.-]+)",
        Text("配额不允许创建 Pod", "Quota does not allow its pods to be created"),
        Text("{culprit} 已用完或不够:{words}", "{culprit} is used up or too small: {words}"),
    ),
    _refusal(
        "service-account",
        r'serviceaccounts? "([\w.-]+)" not found|error looking up service account [\w-]+/([\w.-]+)',
        Text("缺少 ServiceAccount", "Its ServiceAccount does not exist"),
        Text("Pod 要用的 {culprit} 不存在。", "{culprit}, which its pods use, does not exist."),
    ),
    _refusal(
        "pod-security",
        r"violates PodSecurity",
        Text("Pod 安全标准不允许创建 Pod", "Pod security does not allow its pods to be created"),
        Text(
            "命名空间的 Pod 安全标准拒绝了它:{words}",
            "The namespace's pod security standard refuses it: {words}",
        ),
    ),
    _refusal(
        "webhook",
        r'failed calling webhook "([\w.-]+)"|admission webhook "([\w.-]+)" denied',
        Text("准入 webhook 不允许创建 Pod", "An admission webhook does not allow its pods to be created"),
        Text(
            "准入 webhook 拒绝或没有回答:{words}", "The admission webhook refuses or does not answer: {words}"
        ),
    ),
    _refusal(
        "limit-range",
        r"(?:maximum|minimum) (?:cpu|memory|ephemeral-storage|storage) (?:usage|limit)|max limit to request ratio|limitrange",
        Text("LimitRange 不允许创建 Pod", "LimitRange does not allow its pods to be created"),
        Text(
            "它的资源请求或上限超出 LimitRange:{words}",
            "Its requests or limits are outside the LimitRange: {words}",
        ),
    ),
    _refusal(
        "priority-class",
        r"no PriorityClass with name ([\w.-]+)|priorityclass.*not found",
        Text("缺少 PriorityClass", "Its PriorityClass does not exist"),
        Text(
            "Pod 要用的优先级类不存在:{words}", "The priority class that its pods use does not exist: {words}"
        ),
    ),
    _refusal(
        "",
        r"",
        Text("Pod 创建失败", "Its pods cannot be created"),
        Text("API Server 拒绝创建 Pod:{words}", "The API server refuses to create its pods: {words}"),
    ),
)
OURSELVES = re.compile(
    r"object is being deleted|already exists|being terminated|timeout|try again", re.IGNORECASE
)
"""Refusals of a moment, which the controller overcomes by trying again."""


def refused(world: World) -> Iterator[tuple[Object, str, float]]:
    """Controllers that lack pods because creation is refused: the controller, the words, since when."""
    for workload in (*world.of(ReplicaSet), *(w for w in world.rolling if not isinstance(w, ReplicaSet))):
        told = _words_of(world, workload) if _lacks(world, workload) else None
        if told is not None:
            yield workload, *told
    for job in world.of(Job):
        idle = not job.spec.suspend and not job.status.active and not job.status.conditions
        told = _events(world, job) if idle and not job.status.succeeded else None
        if told is not None:
            yield job, *told


def _lacks(world: World, workload: Workload) -> bool:
    if workload.ref.kind == "DaemonSet":
        return (
            workload.status.current_number_scheduled < workload.status.desired_number_scheduled
            or not world.pods_of(workload.ref)
        )
    return workload.status.replicas < workload.spec.replicas


def _words_of(world: World, workload: Workload) -> tuple[str, float] | None:
    failure = workload.condition("ReplicaFailure")
    if failure is not None and failure.status == "True" and failure.message:
        return failure.message, moment(failure.last_transition_time)
    return _events(world, workload)


def _events(world: World, item: Object) -> tuple[str, float] | None:
    for event in world.events_of(item):
        if event.reason == "FailedCreate" and world.recent(event.last):
            return event.message, event.first
    return None


def refusal_of(words: str) -> Refusal:
    """Why the API server refuses."""
    return next(refusal for refusal in REFUSALS if refusal.pattern.search(words))


def _find(world: World, refusal: Refusal) -> Iterator[Match]:
    for item, words, since in refused(world):
        if refusal_of(words) is not refusal or (not refusal.id.count("-") and OURSELVES.search(words)):
            continue
        culprit = _culprit(item, refusal, words)
        yield Match(
            object=world.top(item),
            subject=item.ref,
            culprit=culprit,
            values={"words": _short(words), "culprit": str(culprit or "-")},
            evidence=(event_quote(words, "FailedCreate"), *(near_hint(world, culprit) if culprit else ())),
            links=(Ref("Namespace", "", item.namespace), *_webhooks(refusal, words)),
            since=since,
        )


def _short(words: str) -> str:
    return " ".join(words.removeprefix("Error creating: ").split())[:400]


def _culprit(item: Object, refusal: Refusal, words: str) -> Ref | None:
    found = refusal.pattern.search(words)
    name = next((group for group in found.groups() if group), "") if found else ""
    if refusal.id == "creation-quota":
        return Ref("ResourceQuota", item.namespace, name)
    if refusal.id == "creation-service-account" and name:
        return Ref("ServiceAccount", item.namespace, name)
    return None


def _webhooks(refusal: Refusal, words: str) -> tuple[Ref, ...]:
    """A webhook's name stands for its configuration until the rule on webhooks says which it is."""
    found = refusal.pattern.search(words) if refusal.id == "creation-webhook" else None
    name = next((group for group in found.groups() if group), "") if found else ""
    return (Ref("Webhook", "", name),) if name else ()


def _remedy(world: World, match: Match, refusal: str) -> Remedy:
    del world
    culprit, namespace = match.culprit, match.object.namespace
    if refusal == "creation-service-account" and culprit:
        return only_person(
            f"命名空间 {namespace} 里缺少 ServiceAccount {culprit.name};它该有什么权限只有人知道。",
            f"ServiceAccount {culprit.name} is missing in namespace {namespace}; only a person knows its permissions.",
        )
    if refusal == "creation-quota" and culprit:
        return only_person(
            f"要么提高 ResourceQuota {culprit.name},要么减少命名空间 {namespace} 里的副本或请求量。",
            f"Either ResourceQuota {culprit.name} is raised, or fewer replicas or smaller requests run in {namespace}.",
        )
    return only_person(
        f"需要按 API Server 的说明修改 Pod 模板或策略:{match.values['words']}",
        f"The pod template or the policy must change as the API server says: {match.values['words']}",
    )


RULES = tuple(
    Rule(
        id=refusal.id,
        group="creation",
        kind="ReplicaSet",
        severity="warning",
        outage=True,
        rollback=refusal.id != "creation-quota",
        title=refusal.title,
        summary=Text(
            "{object}:" + refusal.title.zh + "。",
            "{object}: " + refusal.title.en[0].lower() + refusal.title.en[1:] + ".",
        ),
        cause=refusal.cause,
        find=partial(_find, refusal=refusal),
        remedy=partial(_remedy, refusal=refusal.id),
        remote_causes=frozenset({"namespace-terminating", "webhook-unavailable"}),
    )
    for refusal in REFUSALS
)

"""What a change means for the people who depend on the object: outage, budgets, autoscalers, GitOps owners."""

from __future__ import annotations

from collections.abc import Iterable

from kubesteer.core.kinds import ROLLING
from kubesteer.core.operations import Snapshot
from kubesteer.core.requests import Manifest
from kubesteer.core.texts import Text, join
from kubesteer.operations import workloads as w
from kubesteer.operations.counts import counted
from kubesteer.operations.rollouts import rollout_of


def sentence(first: Text, *more: Text | None) -> Text:
    """What is done, then what follows from it, in one paragraph."""
    return join([first, *(text for text in more if text)], Text("", " "))


def of_restarting(before: Snapshot) -> tuple[Text | None, ...]:
    """What follows when a workload's pods are replaced."""
    return (_blast(before), _outage(before), _tight_budget(before), gitops(before.object), _unseen(before))


def of_scaling(before: Snapshot, replicas: int) -> tuple[Text | None, ...]:
    """What follows when a workload's number of replicas changes to `replicas`."""
    return (
        _nothing_left(replicas),
        autoscaled(before),
        _budget_below(before, replicas),
        gitops(before.object),
        _unseen(before),
    )


def of_patching(before: Snapshot) -> tuple[Text | None, ...]:
    """What follows when nothing restarts."""
    return (gitops(before.object),)


def gitops(manifest: Manifest) -> Text | None:
    """Who will put the object back to what a repository or a chart says.

    Source: Argo CD "Resource Tracking", Flux kustomize- and helm-controller labels, Helm "Labels and
    Annotations".
    """
    labels, annotations = w.labels_of(manifest), w.annotations_of(manifest)
    argo = labels.get("argocd.argoproj.io/instance") or annotations.get("argocd.argoproj.io/tracking-id")
    if argo:
        app = argo.split(":")[0]
        return _reverted("Argo CD", app)
    for label, owner in _FLUX.items():
        if labels.get(label):
            return _reverted(owner, labels[label])
    release = annotations.get("meta.helm.sh/release-name")
    if labels.get("app.kubernetes.io/managed-by") == "Helm" and release:
        return Text(
            f"它属于 Helm 发布 {release},下次 helm upgrade 可能改回。",
            f"It belongs to the Helm release {release}: the next helm upgrade may revert this.",
        )
    return _operator(manifest)


def _operator(manifest: Manifest) -> Text | None:
    """A custom controller that owns the object, such as a database operator's."""
    owner = w.controller_of(manifest)
    if not owner or manifest.get("kind") in ("Pod", "ReplicaSet", "Job"):
        return None  # their owners are workloads, of which more is said elsewhere
    return _reverted(str(owner.get("kind")), str(owner.get("name")))


def listed(words: Iterable[str], most: int = 5) -> str:
    """The first few of them, and how many more there are."""
    every = list(words)
    more = f" … (+{len(every) - most})" if len(every) > most else ""
    return ", ".join(every[:most]) + more


def autoscaled(before: Snapshot) -> Text | None:
    """The autoscaler that will fight a change of replicas."""
    for hpa in before.of("HorizontalPodAutoscaler"):
        low, high = w.at(hpa, "spec", "minReplicas") or 1, w.at(hpa, "spec", "maxReplicas")
        return Text(
            f"注意:HPA {w.name_of(hpa)}({low}–{high} 个副本)会按负载重新调整副本数。",
            f"Mind that the autoscaler {w.name_of(hpa)} ({low}–{high} replicas) will adjust it again.",
        )
    return None


def _reverted(owner: str, app: str) -> Text:
    return Text(
        f"它由 {owner}({app})管理,同步时可能被改回。",
        f"{owner} ({app}) manages it and may revert this when it syncs.",
    )


def _blast(before: Snapshot) -> Text | None:
    if before.object.get("kind") not in ROLLING or _held(before.object):
        return None
    count = rollout_of(before.object).desired
    if not count:
        return Text("当前没有副本在运行。", "No replica is running at present.")
    return Text(f"将依次重启 {count} 个 Pod。", f"{counted(count, 'pod')} will restart.")


def _outage(before: Snapshot) -> Text | None:
    workload = before.object
    if workload.get("kind") not in ROLLING or _held(workload) or not rollout_of(workload).desired:
        return None
    if w.at(workload, "spec", "strategy", "type") == "Recreate":
        return Text(
            "更新策略是 Recreate:所有 Pod 会同时停止,服务会中断。",
            "The strategy is Recreate: all pods stop at once, so this is an outage.",
        )
    if rollout_of(workload).desired == 1 and workload.get("kind") != "DaemonSet":
        return Text(
            "只有 1 个副本,期间服务可能短暂中断。",
            "There is a single replica, so the service may be interrupted briefly.",
        )
    return None


def _tight_budget(before: Snapshot) -> Text | None:
    for pdb in before.of("PodDisruptionBudget"):
        if w.at(pdb, "status", "disruptionsAllowed") == 0:
            return Text(
                f"PDB {w.name_of(pdb)} 目前不允许再中断任何 Pod,而滚动更新不受它约束。",
                f"The budget {w.name_of(pdb)} allows no disruption now, and a rolling update does not heed it.",
            )
    return None


def _budget_below(before: Snapshot, replicas: int) -> Text | None:
    for pdb in before.of("PodDisruptionBudget"):
        least = w.at(pdb, "spec", "minAvailable")
        if isinstance(least, int) and replicas < least:
            return Text(
                f"低于 PDB {w.name_of(pdb)} 要求的至少 {least} 个可用 Pod。",
                f"That is below the {least} available pods that the budget {w.name_of(pdb)} asks for.",
            )
    return None


def _nothing_left(replicas: int) -> Text | None:
    if replicas:
        return None
    return Text("缩到 0 后服务将完全停止。", "At 0 replicas the service stops altogether.")


def _unseen(before: Snapshot) -> Text | None:
    if not before.not_looked_at:
        return None
    kinds = ", ".join(sorted(before.not_looked_at))
    return Text(f"(无权查看 {kinds},未计入影响。)", f"(Could not look at {kinds}; they are not considered.)")


def _held(workload: Manifest) -> bool:
    paused = w.at(workload, "spec", "paused") and workload.get("kind") == "Deployment"
    return bool(paused) or w.at(workload, "spec", "updateStrategy", "type") == "OnDelete"


def names(manifests: Iterable[Manifest], most: int = 5) -> str:
    """Names in a sentence: the first few, and how many more."""
    return listed(sorted(map(w.name_of, manifests)), most)


_FLUX = {
    "kustomize.toolkit.fluxcd.io/name": "Flux Kustomization",
    "helm.toolkit.fluxcd.io/name": "Flux HelmRelease",
}

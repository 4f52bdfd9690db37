"""The ReplicaSets of a Deployment: found, made, numbered, sized and, when there are too many, removed.

Source: pkg/controller/deployment/sync.go and util/deployment_util.go of the 1.34 release.
"""

from kubesteer.simulator.controllers.access import Access
from kubesteer.simulator.controllers.progress import progressing, set_condition
from kubesteer.simulator.controllers.replica_sets import REPLICA_SETS
from kubesteer.simulator.controllers.rollouts import (
    DESIRED,
    HASH,
    HISTORY,
    MOST,
    REVISION,
    Rollout,
    bare_template,
    first_size,
    revision_of,
    wanted_of,
)
from kubesteer.simulator.failures import Failure
from kubesteer.simulator.names import template_hash
from kubesteer.simulator.objects import (
    Obj,
    annotations_of,
    clone,
    controller_of,
    items,
    labels_of,
    name_of,
    namespace_of,
    number,
    owner_reference,
    section,
    terminating,
    text,
    uid_of,
)
from kubesteer.simulator.registry import StoreKey
from kubesteer.simulator.selectors import matches

DEPLOYMENTS: StoreKey = ("apps", "deployments")
NOT_COPIED = frozenset(
    {"kubectl.kubernetes.io/last-applied-configuration", REVISION, HISTORY, DESIRED, MOST}
)  # fmt: skip
EXISTS = 409


class Generations:
    """Reads and writes the ReplicaSets of Deployments."""

    def __init__(self, access: Access) -> None:
        self.access = access

    def of(self, deployment: Obj) -> Rollout:
        """The ReplicaSets as they stand; orphans that the selector matches are adopted."""
        found = sorted(self._claimed(deployment), key=_age)
        template = bare_template(deployment)
        new = next((one for one in found if bare_template(one) == template), None)
        return Rollout(deployment, new, tuple(one for one in found if one is not new))

    def _claimed(self, deployment: Obj) -> list[Obj]:
        kept = []
        for found in self.access.store.list(REPLICA_SETS, namespace_of(deployment)):
            owner = controller_of(found)
            fits = matches(section(deployment, "spec").get("selector"), labels_of(found))
            if owner is not None and owner.get("uid") == uid_of(deployment):
                kept.append(found)
            elif owner is None and fits and not terminating(deployment) and not terminating(found):
                kept.append(self._adopt(deployment, found))
        return kept

    def _adopt(self, deployment: Obj, found: Obj) -> Obj:
        def change(stored: Obj) -> Obj:
            held = items(stored, "metadata", "ownerReferences")
            stored["metadata"]["ownerReferences"] = [*held, owner_reference(deployment)]
            return stored

        return self.access.update(REPLICA_SETS, found, change)

    def numbered(self, rollout: Rollout, *, create: bool) -> Rollout:
        """The rollout with its new ReplicaSet there (if it may be made) and carrying the newest revision.

        Raises Failure where it cannot be made.
        """
        revision = max((revision_of(old) for old in rollout.old), default=0) + 1
        if rollout.new is None:
            if not create:
                return rollout
            rollout = self._made(rollout, revision)
        new = rollout.new
        if new is None:
            return rollout
        annotations = _annotations(rollout, new, max(revision, revision_of(new)))
        ready = number(rollout.deployment, "spec", "minReadySeconds")
        if annotations != annotations_of(new) or number(new, "spec", "minReadySeconds") != ready:
            new = self.access.update(REPLICA_SETS, new, lambda stored: _dressed(stored, annotations, ready))
        return Rollout(self._told(rollout.deployment, annotations[REVISION]), new, rollout.old)

    def _told(self, deployment: Obj, revision: str) -> Obj:
        """The Deployment with the revision in its annotations (written through `status`: no new generation)."""
        if annotations_of(deployment).get(REVISION) == revision:
            return deployment
        annotations = {**annotations_of(deployment), REVISION: revision}
        return self.access.set_status(DEPLOYMENTS, deployment, section(deployment, "status"), annotations)

    def _made(self, rollout: Rollout, revision: int) -> Rollout:
        deployment = rollout.deployment
        collisions = number(deployment, "status", "collisionCount")
        wanted = _replica_set(rollout, revision, collisions)
        try:
            new = self.access.create(REPLICA_SETS, wanted)
        except Failure as failure:
            if failure.code != EXISTS:
                raise
            return self._collided(rollout, revision, collisions)
        if size := wanted_of(new):
            message = f"Scaled up replica set {name_of(new)} from 0 to {size}"
            self.access.normal(deployment, "ScalingReplicaSet", message)
        entry = progressing("True", "NewReplicaSetCreated", f'Created new replica set "{name_of(new)}"')
        now = self.access.clock.stamp()
        conditions = set_condition(items(deployment, "status", "conditions"), entry, now)
        status = {**section(deployment, "status"), "conditions": conditions}
        return Rollout(self.access.set_status(DEPLOYMENTS, deployment, status), new, rollout.old)

    def _collided(self, rollout: Rollout, revision: int, collisions: int) -> Rollout:
        """The name is taken by another template's (or owner's) ReplicaSet: count up and hash again."""
        deployment = rollout.deployment
        status = {**section(deployment, "status"), "collisionCount": collisions + 1}
        deployment = self.access.set_status(DEPLOYMENTS, deployment, status)
        return self._made(Rollout(deployment, None, rollout.old), revision)

    def resize(self, rollout: Rollout, found: Obj, size: int) -> bool:
        """Set the size of a ReplicaSet and note what it was sized for; whether anything was written."""
        sized = {DESIRED: str(rollout.wanted), MOST: str(rollout.most)}
        held = annotations_of(found)
        stale = wanted_of(found) > 0 and any(held.get(key) != value for key, value in sized.items())
        if size == wanted_of(found) and not stale:
            return False

        def change(stored: Obj) -> Obj:
            stored["spec"]["replicas"] = size
            stored["metadata"]["annotations"] = {**annotations_of(stored), **sized}
            return stored

        self.access.update(REPLICA_SETS, found, change)
        return True

    def prune(self, rollout: Rollout) -> None:
        """Delete empty old ReplicaSets beyond `revisionHistoryLimit`, the oldest revisions first."""
        limit = section(rollout.deployment, "spec").get("revisionHistoryLimit")
        if not isinstance(limit, int):
            return
        spare = [old for old in rollout.old if not terminating(old)]
        for old in sorted(spare, key=revision_of)[: max(len(spare) - limit, 0)]:
            if not wanted_of(old) and not number(old, "status", "replicas"):
                self.access.delete(REPLICA_SETS, old)


def _age(found: Obj) -> tuple[str, int, str]:
    return text(found, "metadata", "creationTimestamp"), revision_of(found), name_of(found)


def _dressed(stored: Obj, annotations: Obj, ready: int) -> Obj:
    stored["metadata"]["annotations"] = annotations
    if ready:
        stored["spec"]["minReadySeconds"] = ready
    else:
        stored["spec"].pop("minReadySeconds", None)
    return stored


def _annotations(rollout: Rollout, found: Obj, revision: int) -> Obj:
    """What the new ReplicaSet is annotated with: the Deployment's own, and the revision with its history."""
    held = annotations_of(found)
    copied = {
        key: value for key, value in annotations_of(rollout.deployment).items() if key not in NOT_COPIED
    }
    made: Obj = {**held, **copied, REVISION: str(revision)}
    before = held.get(REVISION)
    if before and before != str(revision):
        history = [one for one in held.get(HISTORY, "").split(",") if one]
        made[HISTORY] = ",".join([*history, before])
    return made


def _replica_set(rollout: Rollout, revision: int, collisions: int) -> Obj:
    deployment = rollout.deployment
    template = bare_template(deployment)
    digest = template_hash(template, collisions)
    hashed = {HASH: digest}
    labels = {**section(template, "metadata", "labels"), **hashed}
    template.setdefault("metadata", {})["labels"] = labels
    selector = clone(section(deployment, "spec", "selector"))
    selector["matchLabels"] = {**section(selector, "matchLabels"), **hashed}
    copied = {key: value for key, value in annotations_of(deployment).items() if key not in NOT_COPIED}
    sized = {DESIRED: str(rollout.wanted), MOST: str(rollout.most), REVISION: str(revision)}
    spec: Obj = {"replicas": first_size(rollout), "selector": selector, "template": template}
    if ready := number(deployment, "spec", "minReadySeconds"):
        spec["minReadySeconds"] = ready
    return {
        "apiVersion": "apps/v1",
        "kind": "ReplicaSet",
        "metadata": {
            "name": f"{name_of(deployment)}-{digest}",
            "namespace": namespace_of(deployment),
            "labels": dict(labels),
            "annotations": {**copied, **sized},
            "ownerReferences": [owner_reference(deployment)],
        },
        "spec": spec,
    }

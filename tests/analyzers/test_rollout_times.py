"""When the last rollout was, also where it went back to a ReplicaSet of long ago."""

from __future__ import annotations

from manifests import Manifest, condition, deployment, event, ref, replica_set
from worlds import before, moment, world

from kubesteer.analyzers.rollouts import last_rollout


def undone(updated: float, *more: Manifest) -> float:
    """How long ago the last rollout was, by a Deployment that went back to its first ReplicaSet."""
    progress = {
        **condition("Progressing", reason="NewReplicaSetAvailable"),
        "lastUpdateTime": before(updated),
    }
    seen = world(
        deployment(conditions=[progress]),
        replica_set("cart-1", revision=3, age=86400),
        replica_set("cart-2", revision=2, age=3600, replicas=0),
        *more,
    )
    rollout = last_rollout(seen, ref("Deployment/cart"))
    assert rollout is not None
    assert rollout.revision == 3
    return moment(before(0)) - rollout.at


def test_the_deployment_says_when_it_went_back() -> None:
    assert undone(300) == 300


def test_an_event_may_say_it_later() -> None:
    scaled = event(
        "Deployment/cart",
        "ScalingReplicaSet",
        "Scaled up replica set cart-1 from 0 to 1",
        type_="Normal",
        ago=60,
    )
    down = event(
        "Deployment/cart",
        "ScalingReplicaSet",
        "Scaled down replica set cart-2 from 1 to 0",
        type_="Normal",
        ago=5,
    )
    grown = event(
        "Deployment/cart",
        "ScalingReplicaSet",
        "Scaled up replica set cart-1 from 1 to 4",
        type_="Normal",
        ago=20,
    )
    assert undone(300, scaled, down, grown) == 60


def test_a_new_replica_set_is_as_old_as_its_rollout() -> None:
    progress = {**condition("Progressing", reason="NewReplicaSetAvailable"), "lastUpdateTime": before(10)}
    seen = world(
        deployment(conditions=[progress]),
        replica_set("cart-1", revision=1, age=86400, replicas=0),
        replica_set("cart-2", revision=2, age=600),
    )
    rollout = last_rollout(seen, ref("Deployment/cart"))
    assert rollout is not None
    assert moment(before(0)) - rollout.at == 600

"""KIND/NAME and bare names: the object that is meant, or why none is."""

from __future__ import annotations

import pytest

from kubesteer.core.errors import Ambiguous, NotFound, Unavailable, Unusable
from kubesteer.core.plans import Inventory, Item
from kubesteer.core.refs import Ref
from kubesteer.engine.targets import target_of

WEB = Ref("Deployment", "shop", "web")
OTHER = Ref("Deployment", "prod", "web")
NODE = Ref("Node", "", "node-1")
SERVICE = Ref("Service", "shop", "web")
KNOWN = Inventory.of([Item(ref) for ref in (WEB, OTHER, NODE, SERVICE, Ref("Pod", "shop", "web-1"))])


@pytest.mark.parametrize(
    ("target", "namespace", "meant"),
    [
        ("web", "shop", WEB),
        ("deploy/web", "prod", OTHER),
        ("service/web", "", SERVICE),
        ("svc/web", "shop", SERVICE),
        ("node-1", "shop", NODE),
        ("web-1", "", Ref("Pod", "shop", "web-1")),
        ("limitrange/some", "shop", Ref("LimitRange", "shop", "some")),
    ],
)
def test_found(target: str, namespace: str, meant: Ref) -> None:
    assert target_of(KNOWN, target, namespace) == meant


def test_several() -> None:
    with pytest.raises(Ambiguous) as several:
        target_of(KNOWN, "web")

    assert several.value.candidates == (WEB, OTHER)


def test_none() -> None:
    with pytest.raises(NotFound):
        target_of(KNOWN, "wob", "shop")


def test_none_that_was_seen() -> None:
    partly = Inventory.of([Item(WEB)], {"StatefulSet": "forbidden"})

    with pytest.raises(Unavailable, match="StatefulSet"):
        target_of(partly, "db")


@pytest.mark.parametrize("target", ["../x", "deployment/a/b", "nokind/web", "", "-n", "Web Shop"])
def test_hostile(target: str) -> None:
    with pytest.raises((Unusable, NotFound)):
        target_of(KNOWN, target, "shop")

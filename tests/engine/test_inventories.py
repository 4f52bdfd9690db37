"""The inventory: what exists, and what could not be looked at."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, cast

import msgspec
import pytest

from kubesteer.core.clusters import Cluster, Listing
from kubesteer.core.errors import ClusterError, Forbidden, Unauthenticated, Unavailable, Unsupported
from kubesteer.core.refs import Ref
from kubesteer.core.texts import Text
from kubesteer.engine.inventories import NAMED, PARTIAL, take_inventory
from kubesteer.engine.places import MOST, namespaces_in

NO = Text.same("no")
Trouble = Callable[[str, str], ClusterError | None]


class FakeCluster:
    """Lists what it was given: `objects` by kind and namespace; `trouble` says what goes wrong with a list."""

    def __init__(self, objects: dict[str, list[dict[str, Any]]], trouble: Trouble = lambda *_: None) -> None:
        self.objects, self.trouble = objects, trouble
        self.asked: list[tuple[str, str]] = []
        self.cancelled = 0
        self.underway = self.most = 0

    async def _listed(self, kind: str, namespace: str) -> list[dict[str, Any]]:
        self.asked.append((kind, namespace))
        self.underway += 1
        self.most = max(self.most, self.underway)
        try:
            await asyncio.sleep(0)
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        finally:
            self.underway -= 1
        if (trouble := self.trouble(kind, namespace)) is not None:
            raise trouble
        found = self.objects.get(kind, [])
        return [each for each in found if namespace in ("", each["metadata"].get("namespace", ""))]

    async def names(self, kind: str, namespace: str = "") -> list[Ref]:
        """Names alone."""
        listed = await self._listed(kind, namespace)
        return [Ref(kind, each["metadata"].get("namespace", ""), each["metadata"]["name"]) for each in listed]

    async def collect(self, kind: str, namespace: str = "", *, shape: Any) -> Listing[Any]:
        """Whole objects in a shape."""
        body = msgspec.json.encode(await self._listed(kind, namespace))
        return Listing(msgspec.json.decode(body, type=list[shape]))


def named(name: str, namespace: str = "", **spec: Any) -> dict[str, Any]:
    """An object."""
    return {"metadata": {"name": name, "namespace": namespace}, **({"spec": spec} if spec else {})}


def pods(**images: str) -> dict[str, Any]:
    """A pod template."""
    return {"spec": {"containers": [{"name": name, "image": image} for name, image in images.items()]}}


SHOP = {
    "Namespace": [named("shop"), named("empty")],
    "Node": [named("node-1")],
    "Deployment": [named("web", "shop", replicas=3, template=pods(app="a:v1", side="s:v2"))],
    "CronJob": [named("nightly", "shop", jobTemplate={"spec": {"template": pods(job="j:v1")}})],
    "Pod": [named("web-1", "shop"), named("web", "other")],
    "Secret": [named("db", "shop")],
}


async def take(fake: FakeCluster, namespace: str = "", words: str = "") -> Any:
    """The inventory of a fake cluster."""
    return await take_inventory(cast("Cluster", fake), namespace, words)


def only(*places: str) -> Trouble:
    """Who may look into some namespaces alone."""
    return lambda _kind, namespace: None if namespace in places else Forbidden(NO, status=403)


def forbidding(*kinds: str, everywhere: bool = True) -> Trouble:
    """Lists of some kinds are forbidden, in all namespaces only or everywhere."""

    def trouble(kind: str, namespace: str) -> ClusterError | None:
        hit = (not kinds or kind in kinds) and (everywhere or not namespace)
        return Forbidden(NO, status=403) if hit else None

    return trouble


async def test_everything_by_name_with_workloads_first() -> None:
    inventory = await take(FakeCluster(SHOP))
    assert [item.ref.kind for item in inventory.by_name["web"]] == ["Deployment", "Pod"]
    assert inventory.namespaces == {"shop", "empty", "other"}
    assert inventory.not_looked_at == {}
    assert Ref("Secret", "shop", "db") in {item.ref for item in inventory.items}


async def test_workloads_bring_images_and_replicas() -> None:
    inventory = await take(FakeCluster(SHOP))
    [web, _] = inventory.by_name["web"]
    assert (dict(web.images), web.replicas) == ({"app": "a:v1", "side": "s:v2"}, 3)
    [nightly] = inventory.by_name["nightly"]
    assert (dict(nightly.images), nightly.replicas) == ({"job": "j:v1"}, None)


@pytest.mark.parametrize("spec", [{}, {"template": {}}, {"template": {"spec": {"containers": None}}}])
async def test_a_workload_without_containers(spec: dict[str, Any]) -> None:
    inventory = await take(FakeCluster({"Job": [{"metadata": {"name": "odd"}, "spec": spec}]}))
    assert inventory.by_name["odd"][0].images == {}


async def test_one_list_a_kind_and_few_at_a_time() -> None:
    fake = FakeCluster({"Pod": [named(f"pod-{n}", "shop") for n in range(2000)]})
    await take(fake)
    assert len(fake.asked) == len(set(fake.asked)) == len(NAMED) + 5
    assert fake.most <= 6


async def test_a_forbidden_kind_was_not_looked_at_which_is_not_none() -> None:
    inventory = await take(FakeCluster(SHOP, forbidding("Secret", "Node")))
    assert inventory.not_looked_at == {"Secret": "forbidden", "Node": "forbidden"}
    assert "db" not in inventory.by_name
    assert "web" in inventory.by_name


async def test_who_may_look_into_one_namespace_alone_sees_that() -> None:
    inventory = await take(FakeCluster(SHOP, forbidding(everywhere=False)), "shop")
    assert {item.ref.name for item in inventory.items} == {"web", "web-1", "nightly", "db", "shop"}
    assert inventory.namespaces == {"shop"}
    assert inventory.not_looked_at["Pod"] == f"{PARTIAL} shop"
    assert inventory.not_looked_at["Node"] == "forbidden"


async def test_who_may_look_at_nothing_is_told_so() -> None:
    for namespace in ("", "shop"):
        with pytest.raises(Forbidden):
            await take(FakeCluster(SHOP, forbidding()), namespace)


async def test_who_named_no_namespace_is_told_that_one_may_help() -> None:
    for namespace, hinted in (("", True), ("shop", False)):
        with pytest.raises(Forbidden) as caught:
            await take(FakeCluster(SHOP, forbidding()), namespace)
        assert ("-n" in caught.value.say("zh")) is hinted
        assert caught.value.status == 403


async def test_a_kind_that_the_server_does_not_serve_or_cannot_list_now() -> None:
    def trouble(kind: str, _namespace: str) -> ClusterError | None:
        odd = {"PodDisruptionBudget": Unsupported(NO, status=404), "Ingress": Unavailable(NO, status=500)}
        return odd.get(kind)

    inventory = await take(FakeCluster(SHOP, trouble))
    assert inventory.not_looked_at == {"PodDisruptionBudget": "absent", "Ingress": "unavailable"}


@pytest.mark.parametrize("error", [Unavailable(NO), Unauthenticated(NO, status=401)])
async def test_a_server_that_is_down_or_does_not_know_us_is_asked_no_further(error: ClusterError) -> None:
    fake = FakeCluster(SHOP, lambda kind, _namespace: error if kind == "Deployment" else None)
    with pytest.raises(type(error)):
        await take(fake)
    assert len(fake.asked) < len(NAMED)
    assert fake.underway == 0


async def test_a_namespace_that_the_words_name_is_looked_into() -> None:
    fake = FakeCluster(SHOP, only("shop"))
    inventory = await take(fake, words="restart web in shop")
    assert "web" in inventory.by_name
    assert inventory.namespaces == {"shop"}
    assert inventory.not_looked_at["Deployment"] == f"{PARTIAL} shop"
    assert inventory.not_looked_at["Node"] == "forbidden"
    assert ("Pod", "restart") not in fake.asked


async def test_the_words_add_to_the_namespace_that_was_given() -> None:
    fake = FakeCluster(SHOP, only("shop", "other"))
    inventory = await take(fake, "other", "看看 shop 的 web")
    assert inventory.namespaces == {"shop", "other"}
    assert inventory.not_looked_at["Pod"] == f"{PARTIAL} other, shop"
    assert {str(item.ref) for item in inventory.by_name["web"]} == {
        "Deployment shop/web",
        "Pod other/web",
    }


async def test_words_are_no_namespaces_for_whoever_may_look_into_all() -> None:
    fake = FakeCluster(SHOP, forbidding("Secret", "Namespace", everywhere=False))
    inventory = await take(fake, words="restart web in shop")
    assert inventory.not_looked_at["Secret"] == "forbidden"
    assert {namespace for _, namespace in fake.asked} == {""}


async def test_few_words_are_tried_and_none_that_may_not_be_seen_exists() -> None:
    fake = FakeCluster(SHOP, only("shop"))
    with pytest.raises(Forbidden):
        await take(fake, words="in " + " in ".join(f"place-{n}" for n in range(50)))
    assert len({namespace for _, namespace in fake.asked} - {""}) == MOST


@pytest.mark.parametrize(
    ("words", "named"),
    [
        ("restart payment-api in staging", ("staging", "stage", "stg", "payment-api")),
        ("看看staging的payment-api", ("staging", "stage", "stg", "payment-api")),
        ("重启生产环境的 user-service", ("production", "prod", "prd", "user-service")),
        ("restart web in team-a", ("team-a", "web")),
        ("scale shop/web to 3", ("shop", "web")),
        ("重启 web -n prod", ("prod", "production", "prd", "web")),
        ("Is Staging ok", ("ok", "staging")),
        ("in ../../etc -x- " + "a" * 70, ("etc",)),
        ("你好", ()),
        ("", ()),
    ],
)
def test_words_that_may_be_namespaces(words: str, named: tuple[str, ...]) -> None:
    assert namespaces_in(words) == named

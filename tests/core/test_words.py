"""Kinds, quantities, texts and plans."""

import pytest

from kubesteer.core.errors import Unusable
from kubesteer.core.findings import Coverage
from kubesteer.core.kinds import KINDS, kind_of
from kubesteer.core.plans import Conversation, Inventory, Item, Message
from kubesteer.core.quantities import amount, cpu_words, memory_words
from kubesteer.core.refs import Ref
from kubesteer.core.texts import Text, join, language_of


@pytest.mark.parametrize(
    ("word", "kind"),
    [("deploy", "Deployment"), ("Pods", "Pod"), ("sts", "StatefulSet"), ("HPA", "HorizontalPodAutoscaler")],
)
def test_kinds_are_known_by_every_usual_spelling(word: str, kind: str) -> None:
    assert kind_of(word).name == kind


def test_an_unknown_kind_says_which_there_are() -> None:
    with pytest.raises(Unusable) as caught:
        kind_of("gizmo")
    assert caught.value.remedy is not None
    assert "Deployment" in caught.value.remedy.en


def test_where_kinds_are_served() -> None:
    assert KINDS["Pod"].root == "/api/v1"
    assert KINDS["Deployment"].root == "/apis/apps/v1"
    assert KINDS["Deployment"].api_version == "apps/v1"


@pytest.mark.parametrize(
    ("quantity", "number"),
    [
        ("250m", 0.25),
        ("1", 1.0),
        ("1.5", 1.5),
        ("1Gi", 2.0**30),
        ("1G", 1e9),
        ("12e6", 12e6),
        ("100n", 1e-7),
        (2, 2.0),
    ],
)
def test_quantities(quantity: str | int, number: float) -> None:
    assert amount(quantity) == pytest.approx(number)


@pytest.mark.parametrize("wrong", ["", "1 G", "1GB", "one", "1ki", "0x1", "１", "1Gii", "mi"])
def test_what_is_no_quantity(wrong: str) -> None:
    with pytest.raises(ValueError, match="not a quantity"):
        amount(wrong)


def test_quantities_in_words() -> None:
    assert cpu_words(0.093) == "93m"
    assert cpu_words(1.5) == "1.5"
    assert memory_words(512 * 2**20) == "512Mi"
    assert memory_words(1.5 * 2**30) == "1.5Gi"
    assert memory_words(12) == "12"


def test_texts_say_the_same_in_both_languages() -> None:
    assert join([Text("一", "one"), Text.same("x")]).of("zh") == "一\nx"
    assert (Text("一", "one") + Text("二", " two")).en == "one two"
    assert language_of("restart user-service 吧") == "zh"
    assert language_of("restart") == "en"


def test_a_short_reply_does_not_change_the_language() -> None:
    said = (Message("user", "重启 checkout"), Message("assistant", "哪一个?"), Message("user", "2"))
    assert Conversation(said).language == "zh"
    assert Conversation(said, answer_in="en").language == "en"


def test_an_inventory_knows_names_and_namespaces() -> None:
    inventory = Inventory.of([Item(Ref("Deployment", "shop", "cart")), Item(Ref("Namespace", "", "empty"))])
    assert inventory.namespaces == {"shop", "empty"}
    assert [item.ref.kind for item in inventory.by_name["cart"]] == ["Deployment"]


def test_coverages_add_up() -> None:
    both = Coverage({"Pod": 2}) | Coverage({"Pod": 1}, {"Secret": "forbidden"})
    assert both.to_json() == {
        "looked_at": {"Pod": 3},
        "not_looked_at": [{"kind": "Secret", "reason": "forbidden"}],
    }

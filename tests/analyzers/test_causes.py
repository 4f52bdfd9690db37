"""Symptoms are folded under their causes, however the links run."""

from __future__ import annotations

from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st

from kubesteer.analyzers.causes import Found, roots
from kubesteer.analyzers.matches import Match, Rule
from kubesteer.analyzers.world import World
from kubesteer.core.refs import Ref
from kubesteer.core.texts import Text

WORDS = Text.same("-")


def nothing(world: World) -> Iterator[Match]:
    """Finds nothing: these matches are made by hand."""
    del world
    return iter(())


def rule(name: str, *causes: str, remote: tuple[str, ...] = (), severity: str = "warning") -> Rule:
    """A rule of a group of its own."""
    return Rule(
        id=name, group=f"group-{name}", kind="Pod", severity="critical" if severity == "critical" else "warning",
        title=WORDS, summary=WORDS, cause=WORDS, find=nothing, causes=frozenset(causes), remote_causes=frozenset(remote),
    )  # fmt: skip


def on(name: str, subject: str = "", links: tuple[str, ...] = (), culprit: str = "") -> Match:
    """A match on Deployment NAME."""
    return Match(
        object=Ref("Deployment", "x", name),
        subject=Ref("Pod", "x", subject) if subject else None,
        links=tuple(Ref("Deployment", "x", link) for link in links),
        culprit=Ref("ConfigMap", "x", culprit) if culprit else None,
    )


def named(found: list[Found]) -> list[tuple[str, str, int]]:
    """Rule, object and number of symptoms of each root."""
    return [(root.rule.id, root.match.object.name, len(root.symptoms)) for root in roots(found)]


def test_a_cause_on_the_same_object_explains() -> None:
    pull, late = rule("pull"), rule("late", "pull")
    assert named([Found(late, on("a")), Found(pull, on("a"))]) == [("pull", "a", 1)]
    assert named([Found(late, on("a")), Found(pull, on("b"))]) == [("late", "a", 0), ("pull", "b", 0)]


def test_a_group_is_a_cause_too() -> None:
    assert named([Found(rule("late", "group-pull"), on("a")), Found(rule("pull"), on("a"))]) == [
        ("pull", "a", 1)
    ]


def test_chains_end_at_their_root_which_is_as_bad_as_the_worst() -> None:
    down, refused, late = (
        rule("down"),
        rule("refused", remote=("down",)),
        rule("late", "refused", severity="critical"),
    )
    found = [Found(late, on("web")), Found(refused, on("web", links=("db",))), Found(down, on("db"))]
    assert named(found) == [("down", "db", 2)]
    assert roots(found)[0].severity == "critical"


def test_pods_of_one_owner_are_one_root() -> None:
    pull = rule("pull")
    assert named([Found(pull, on("a", f"a-{n}")) for n in range(50)]) == [("pull", "a", 0)]


def test_a_shared_culprit_is_one_root() -> None:
    missing = rule("missing")
    assert len(roots([Found(missing, on(name, culprit="settings")) for name in ("a", "b", "c")])) == 1
    assert len(roots([Found(missing, on("a", culprit="one")), Found(missing, on("b", culprit="two"))])) == 2


def test_a_circle_has_one_root() -> None:
    a, b = rule("a", remote=("b",)), rule("b", remote=("a",))
    found = [Found(a, on("x", links=("y",))), Found(b, on("y", links=("x",)))]
    assert named(found) == [("a", "x", 1)]


RULES = [
    rule(
        str(n),
        *(str(m) for m in range(6) if (n * m) % 3 == 1),
        remote=tuple(str(m) for m in range(6) if (n + m) % 2),
    )
    for n in range(6)
]
MATCHES = st.builds(
    lambda number, name, links: Found(RULES[number], on(name, links=tuple(links))),
    st.integers(0, 5), st.sampled_from("abcd"), st.lists(st.sampled_from("abcd"), max_size=3),
)  # fmt: skip


@given(st.lists(MATCHES, max_size=25))
def test_nothing_is_lost_or_told_twice(found: list[Found]) -> None:
    folded = [each for root in roots(found) for each in (*root.found, *root.symptoms)]
    assert sorted(map(id, folded)) == sorted(map(id, found))

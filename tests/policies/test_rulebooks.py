"""Every policy: what it forbids, that it says so with its line, and that the file is read strictly."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from kubesteer.core.errors import Misconfigured, Refused
from kubesteer.core.operations import Change, Snapshot
from kubesteer.operations.registry import operation
from kubesteer.policies.files import parse_rulebook, read_rulebook
from kubesteer.policies.rulebooks import Rulebook

MONDAY = datetime(2026, 1, 5, 10, 0, tzinfo=UTC)
BEFORE = Snapshot(
    {"kind": "Deployment", "metadata": {"name": "web", "namespace": "shop"}, "spec": {"replicas": 3}}
)


def _change(verb: str = "scale", **arguments: Any) -> Change:
    whole = {"kind": "Deployment", "namespace": "shop", "name": "web", **arguments}
    if verb == "scale":
        whole.setdefault("replicas", 4)
    found = operation(verb, whole)
    assert isinstance(found, Change)
    return found


def _refusal(rulebook: Rulebook, change: Change, now: datetime = MONDAY) -> tuple[str, str]:
    with pytest.raises(Refused) as refusal:
        rulebook.judge(change, BEFORE, now)
    assert refusal.value.remedy is not None
    return refusal.value.text.en, refusal.value.remedy.en


def test_the_defaults_let_an_ordinary_change_pass() -> None:
    Rulebook().judge(_change(), BEFORE, MONDAY)
    assert read_rulebook("") == Rulebook()
    assert parse_rulebook("") == Rulebook(place="policy.yaml")
    assert Rulebook().automatic([_change()]) is None
    assert Rulebook().undo_on_regression


@pytest.mark.parametrize("namespace", ["kube-system", "kube-public", "kube-node-lease"])
def test_the_clusters_own_namespaces_are_protected(namespace: str) -> None:
    told, line = _refusal(Rulebook(), _change(namespace=namespace))
    assert namespace in told
    assert f"namespaces.protected: {namespace}" in line


def test_protected_namespaces_may_be_patterns_and_are_not_deleted_either() -> None:
    rulebook = parse_rulebook("namespaces: {protected: [prod-*]}", place="/etc/policy.yaml")
    told, line = _refusal(rulebook, _change(namespace="prod-eu"))
    assert "prod-eu" in told
    assert "`namespaces.protected: prod-*` in /etc/policy.yaml decides this." in line
    _refusal(rulebook, _change("delete", kind="Namespace", namespace=None, name="prod-eu"))
    rulebook.judge(_change(namespace="kube-system"), BEFORE, MONDAY)


TWO = """
{apiVersion: v1, kind: ConfigMap, metadata: {name: a, namespace: shop}}
---
{apiVersion: v1, kind: ConfigMap, metadata: {name: b, namespace: kube-system}}
"""


def test_every_object_of_a_manifest_is_judged() -> None:
    apply = operation("apply", {"manifest": TWO})
    assert isinstance(apply, Change)
    with pytest.raises(Refused, match="kube-system"):
        Rulebook().judge(apply, Snapshot(None), MONDAY)
    with pytest.raises(Refused, match="no ConfigMap"):
        parse_rulebook("{namespaces: {protected: []}, kinds: {never: [cm]}}").judge(
            apply, Snapshot(None), MONDAY
        )
    parse_rulebook("namespaces: {protected: []}").judge(apply, Snapshot(None), MONDAY)


def test_forbidden_operations() -> None:
    rulebook = parse_rulebook("operations: {forbidden: [delete]}")
    _, line = _refusal(rulebook, _change("delete"))
    assert "operations.forbidden: delete" in line
    rulebook.judge(_change(), BEFORE, MONDAY)


def test_automatic_operations_are_all_or_nothing() -> None:
    rulebook = parse_rulebook("operations: {automatic: [restart]}")
    assert rulebook.automatic([_change("restart")]) is not None
    assert rulebook.automatic([_change("restart"), _change()]) is None
    assert rulebook.automatic([]) is None


def test_kinds_that_are_never_touched() -> None:
    rulebook = parse_rulebook("kinds: {never: [deploy]}")
    told, line = _refusal(rulebook, _change())
    assert "no Deployment is ever changed" in told
    assert "kinds.never: Deployment" in line


def test_the_number_of_replicas_is_limited() -> None:
    told, line = _refusal(Rulebook(), _change(replicas=500))
    assert "500 replicas are more than the 100" in told
    assert "replicas.most: 100" in line
    _refusal(parse_rulebook("replicas: {most: 5}"), _change(replicas=None, change=3))


def test_an_autoscaler_may_not_go_further_either() -> None:
    change = _change("set_autoscaling", max_replicas=500)
    told, _ = _refusal(Rulebook(), change)
    assert "500 replicas" in told


def test_one_change_may_go_only_so_far() -> None:
    rulebook = parse_rulebook("replicas: {step: 2}")
    rulebook.judge(_change(replicas=5), BEFORE, MONDAY)
    for replicas in (6, 0):
        told, line = _refusal(rulebook, _change(replicas=replicas))
        assert "more than 2 at once" in told
        assert "replicas.step: 2" in line


WINDOWS = """
windows:
  - days: [mon, tue, wed, thu]
    start: "09:00"
    end: "17:30"
    zone: Asia/Shanghai
    namespaces: [shop]
  - {start: "22:00", end: "02:00", days: [sat], namespaces: [shop, night]}
"""


@pytest.mark.parametrize(
    ("now", "allowed"),
    [
        ("2026-01-05T01:00:00+00:00", True),  # Monday 9:00 in Shanghai
        ("2026-01-05T00:59:59+00:00", False),
        ("2026-01-05T09:30:00+00:00", False),
        ("2026-01-09T02:00:00+00:00", False),  # Friday
        ("2026-01-10T23:00:00+00:00", True),  # Saturday night
        ("2026-01-11T01:59:00+00:00", True),
        ("2026-01-11T02:00:00+00:00", False),
        ("2026-01-11T23:00:00+00:00", False),
    ],
)
def test_changes_happen_within_their_windows(now: str, allowed: bool) -> None:
    rulebook = parse_rulebook(WINDOWS)
    if allowed:
        rulebook.judge(_change(), BEFORE, datetime.fromisoformat(now))
    else:
        told, line = _refusal(rulebook, _change(), datetime.fromisoformat(now))
        assert "mon,tue,wed,thu 09:00-17:30 Asia/Shanghai" in told
        assert "windows" in line


def test_a_window_governs_its_namespaces_alone() -> None:
    parse_rulebook(WINDOWS).judge(_change(namespace="other"), BEFORE, MONDAY)
    always = parse_rulebook("windows: [{}]")
    always.judge(_change(), BEFORE, MONDAY)


def test_a_whole_file(tmp_path: Path) -> None:
    file = tmp_path / "policy.yaml"
    file.write_text(
        "approval: {approvers: [bob], two_persons: [high], valid_minutes: 5}\nregression: ask\n",
        encoding="utf-8",
    )
    rulebook = read_rulebook(str(file))
    assert rulebook.approval.approvers == ("bob",)
    assert rulebook.validity.total_seconds() == 300
    assert not rulebook.undo_on_regression


MISTAKES = {
    "namespace: {}": (1, "unknown key “namespace”; known are: namespaces"),
    "replicas:\n  mots: 3": (2, "unknown key “mots”; known are: most, step"),
    "replicas: 3": (1, "there should be keys with values"),
    "replicas: {most: many}": (1, "“many” should be a whole number"),
    "replicas: {most: 0}": (1, "1 or more"),
    "replicas: {most: -1}": (1, "“-1” should be a whole number"),
    "operations: {forbidden: delete}": (1, "there should be a list"),
    "operations:\n  forbidden:\n    - [a]": (3, "there should be a word"),
    "regression: maybe": (1, "“maybe” is none of: undo, ask"),
    "windows: [{days: [monday]}]": (1, "“monday” is none of: mon"),
    "windows:\n  - start: noon": (2, "should be a time such as 09:30"),
    "windows:\n  - zone: Mars/Base": (2, "unknown time zone “Mars/Base”"),
    "windows:\n  - zone: ../../etc/passwd": (2, "unknown time zone"),
    "approval: {two_persons: [huge]}": (1, "“huge” is none of: low, medium, high"),
    "kinds: {never: [a]}\nkinds: {never: [b]}": (2, "“kinds” is there twice"),
    "- a": (1, "there should be keys with values"),
    "a: [": (1, "not valid YAML"),
    "replicas: !!python/object:os.system {}": (1, "known are: most"),
}


@pytest.mark.parametrize("content", MISTAKES)
def test_a_mistake_is_told_with_its_line(content: str) -> None:
    line, told = MISTAKES[content]
    if content.startswith("replicas: !!python"):
        assert parse_rulebook(content).replicas == Rulebook().replicas  # the tag is not obeyed
        return
    with pytest.raises(Misconfigured) as mistake:
        parse_rulebook(content)
    assert f"line {line}:" in mistake.value.text.en
    assert told in mistake.value.text.en


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="Cannot read the policy file"):
        read_rulebook(str(tmp_path / "missing.yaml"))
    (tmp_path / "binary.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(Misconfigured, match="Cannot read the policy file"):
        read_rulebook(str(tmp_path / "binary.yaml"))

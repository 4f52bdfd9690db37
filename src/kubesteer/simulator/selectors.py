"""Label selectors (of objects and of query strings) and field selectors.

Source: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/ and …/field-selectors/
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from kubesteer.simulator.failures import bad_request
from kubesteer.simulator.objects import Obj, dig, items, section

Labels = Mapping[str, str]
LabelTest = Callable[[Labels], bool]
FieldTest = Callable[[Obj], bool]

KEY = r"[A-Za-z0-9](?:[-A-Za-z0-9_./]*[A-Za-z0-9])?"
SET_BASED = re.compile(rf"({KEY})\s+(in|notin)\s*\(([^()]*)\)")
EQUALITY = re.compile(rf"({KEY})\s*(==|=|!=)\s*([-A-Za-z0-9_.]*)")
PRESENCE = re.compile(rf"(!?)\s*({KEY})")


def _split(text: str) -> list[str]:
    """Requirements of a query string: at commas that no parenthesis encloses."""
    return [part.strip() for part in re.split(r",(?![^()]*\))", text) if part.strip()]


def _requirement(part: str) -> LabelTest:
    if found := SET_BASED.fullmatch(part):
        key, operator, listed = found.groups()
        return _among(key, operator == "in", frozenset(word.strip() for word in listed.split(",")))
    if found := EQUALITY.fullmatch(part):
        key, operator, value = found.groups()
        return _among(key, operator != "!=", frozenset({value}))
    if found := PRESENCE.fullmatch(part):
        negated, key = found.groups()
        return lambda labels: (key in labels) is not bool(negated)
    raise bad_request(f"unable to parse requirement: {part!r} is not a label selector")


def _among(key: str, wanted: bool, values: frozenset[str]) -> LabelTest:
    if wanted:
        return lambda labels: labels.get(key) in values
    return lambda labels: labels.get(key) not in values


def parse_labels(text: str) -> LabelTest | None:
    """A test for a `labelSelector` parameter, None for an empty one. Raises Failure 400."""
    tests = [_requirement(part) for part in _split(text)]
    return (lambda labels: all(test(labels) for test in tests)) if tests else None


def _expression(labels: Labels, rule: Obj) -> bool:
    key, operator = str(rule.get("key")), rule.get("operator")
    values = rule.get("values") or []
    if operator in ("Gt", "Lt"):
        return _compares(labels.get(key), operator, values)
    outcomes = {
        "In": labels.get(key) in values,
        "NotIn": labels.get(key) not in values,
        "Exists": key in labels,
        "DoesNotExist": key not in labels,
    }
    return outcomes.get(str(operator), False)


def _compares(found: str | None, operator: str, values: list[str]) -> bool:
    try:
        left, right = int(found or ""), int(values[0])
    except (ValueError, IndexError):
        return False
    return left > right if operator == "Gt" else left < right


def matches(selector: Any, labels: Labels) -> bool:
    """Whether a `metav1.LabelSelector` selects the labels; an empty one selects all, None nothing."""
    if not isinstance(selector, dict):
        return False
    equal = all(labels.get(key) == value for key, value in section(selector, "matchLabels").items())
    return equal and all(_expression(labels, rule) for rule in items(selector, "matchExpressions"))


def matches_expressions(rules: list[Obj], labels: Labels) -> bool:
    """Whether all node-selector expressions hold (they know Gt and Lt besides)."""
    return all(_expression(labels, rule) for rule in rules)


def selector_text(selector: Obj) -> str:
    """A LabelSelector in the form of a query string, as `status.selector` of a Scale has it."""
    parts = [f"{key}={value}" for key, value in sorted(section(selector, "matchLabels").items())]
    forms = {"In": "{key} in ({values})", "NotIn": "{key} notin ({values})", "Exists": "{key}"}
    for rule in items(selector, "matchExpressions"):
        form = forms.get(rule["operator"], "!{key}")
        parts.append(form.format(key=rule["key"], values=",".join(sorted(rule.get("values") or []))))
    return ",".join(parts)


FIELDS: Mapping[str, frozenset[str]] = {
    "pods": frozenset(
        [
            "spec.nodeName",
            "spec.restartPolicy",
            "spec.schedulerName",
            "spec.serviceAccountName",
            "spec.hostNetwork",
            "status.phase",
            "status.podIP",
            "status.nominatedNodeName",
        ]
    ),
    "events": frozenset(
        [
            "involvedObject.kind",
            "involvedObject.namespace",
            "involvedObject.name",
            "involvedObject.uid",
            "involvedObject.apiVersion",
            "involvedObject.resourceVersion",
            "involvedObject.fieldPath",
            "reason",
            "reportingComponent",
            "source",
            "type",
        ]
    ),
    "nodes": frozenset({"spec.unschedulable"}),
    "namespaces": frozenset({"status.phase"}),
    "secrets": frozenset({"type"}),
    "replicasets": frozenset({"status.replicas"}),
    "jobs": frozenset({"status.successful"}),
    "services": frozenset({"spec.clusterIP", "spec.type"}),
}
"""Field labels beyond metadata.name and metadata.namespace that a real server has an index for."""


def _field(obj: Obj, path: str) -> str:
    if path == "source":
        path = "source.component"
    found = dig(obj, *path.split("."))
    if isinstance(found, bool):
        return str(found).lower()
    if found is None:
        return "false" if path in ("spec.unschedulable", "spec.hostNetwork") else ""
    return str(found)


def _field_requirement(plural: str, part: str) -> FieldTest:
    found = re.fullmatch(r"([A-Za-z0-9.]+)\s*(==|=|!=)\s*(.*)", part)
    if found is None:
        raise bad_request(f"invalid selector: '{part}'; can't understand '{part}'")
    path, operator, value = found.groups()
    if path not in ("metadata.name", "metadata.namespace") and path not in FIELDS.get(plural, frozenset()):
        raise bad_request(
            f'Unable to find {plural!r} that match label selector "", field selector '
            f'"{part}": field label not supported: {path}'.replace("'", '"')
        )
    return lambda obj: (_field(obj, path) == value) is (operator != "!=")


def parse_fields(plural: str, text: str) -> FieldTest | None:
    """A test for a `fieldSelector` parameter, None for an empty one. Raises Failure 400."""
    tests = [_field_requirement(plural, part.strip()) for part in text.split(",") if part.strip()]
    return (lambda obj: all(test(obj) for test in tests)) if tests else None

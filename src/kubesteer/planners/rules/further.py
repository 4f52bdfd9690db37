"""Arguments of the further changes: variables, probes, Services, volumes, labels."""

from __future__ import annotations

import re
from typing import Any

from kubesteer.core.texts import Text
from kubesteer.planners.rules.figures import quantity
from kubesteer.planners.rules.slots import Filled, Stretch, container

_PAIR = re.compile(r"([A-Za-z_][A-Za-z0-9_./-]*)\s*=\s*[\"“']?([^\s\"”',;。]+)")
_SET_TO = re.compile(
    r"([A-Z][A-Z0-9_]+)\s*(?:设(?:置)?(?:成|为)|改(?:成|为)|to|=|为|是)\s*[\"“'「]?([^\s\"”',;。」]+)"
)
_VARIABLE = re.compile(r"(?<![A-Za-z0-9_])([A-Z][A-Z0-9]*_[A-Z0-9_]+|[A-Z]{3,}(?![a-zA-Z]))")
_REMOVES = re.compile(r"删|去掉|移除|remove|delete|unset|drop")


def _raw(stretch: Stretch) -> str:
    return stretch.raw(0, stretch.end - stretch.start)


def enving(stretch: Stretch) -> Filled:
    """`variable` and `value`; no value takes the variable away."""
    raw = _raw(stretch)
    match = _PAIR.search(raw) or _SET_TO.search(raw)
    named = container(stretch)
    extra = {"container": named} if named else {}
    if match:
        return Filled({"variable": match[1], "value": match[2], **extra})
    variable = _VARIABLE.search(raw)
    if variable is None:
        return Filled(missing=("variable",))
    return Filled({"variable": variable[1], **extra}, () if _REMOVES.search(raw) else ("value",))


_PROBES = {"readiness": "readiness", "就绪": "readiness", "liveness": "liveness", "存活": "liveness", "健康": "liveness", "startup": "startup", "启动": "startup"}  # fmt: skip


def probing(stretch: Stretch) -> Filled:
    """`probe`, `port` and `path`."""
    text, raw = stretch.text, _raw(stretch)
    probe = next((value for word, value in _PROBES.items() if word in text), None)
    if probe is None:
        return Filled(missing=("probe",))
    found: dict[str, Any] = {"probe": probe}
    port = re.search(
        r"(?:端口|port|:)\s*(?:改|设|换)?(?:成|为|到|to|=|:)?\s*(\d{1,5})(?!\d)|(?:到|成|to)\s*(\d{2,5})(?!\d)",
        text,
    )
    path = re.search(r"(?<![\w/])(/[A-Za-z0-9_./-]*)", raw)
    if port:
        found["port"] = int(port[1] or port[2])
    if path:
        found["path"] = path[1]
    return Filled(found, () if port or path else ("port",))


def servicing(stretch: Stretch) -> Filled:
    """`selector`, `port`, `target_port`."""
    text, raw = stretch.text, _raw(stretch)
    found: dict[str, Any] = {}
    target = re.search(
        r"(?:目标端口|target-? ?port)\s*(?:改|设|换|指)?(?:成|为|到|to|=|:|向)?\s*(\d{1,5})", text
    )
    if target:
        found["target_port"] = int(target[1])
    pair = _PAIR.search(raw)
    if pair and re.search(r"selector|选择器", text):
        found["selector"] = {pair[1]: pair[2]}
    return Filled(found, () if found else ("target_port", "selector"))


def volume(stretch: Stretch) -> Filled:
    """`size`."""
    amounts = stretch.message.linked.of("amount", start=stretch.start, end=stretch.end)
    sizes = [q for m in amounts if (q := quantity(m.text)) and q[0] != "cpu"]
    if not sizes:
        return Filled(missing=("size",))
    return Filled({"size": sizes[-1][1]})


def annotating(stretch: Stretch) -> Filled:
    """`key` and `value`; no value takes the key away."""
    raw = _raw(stretch)
    pair = _PAIR.search(raw)
    if pair:
        return Filled({"key": pair[1], "value": pair[2]})
    key = (
        re.search(r"(?:label|annotation|标签|注解)\s*[\"“'「]?([a-z][a-z0-9./-]*)", raw)
        if _REMOVES.search(raw)
        else None
    )
    if key:
        return Filled({"key": key[1]})
    return Filled(
        missing=("key",),
        trouble=None if raw.strip("= ") != "=" else Text("缺少键。", "The key is missing."),
    )

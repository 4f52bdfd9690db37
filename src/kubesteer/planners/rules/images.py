"""Which image: a whole reference, or a tag that is put on the present one."""

from __future__ import annotations

import re

from kubesteer.core.plans import Item
from kubesteer.core.texts import Text
from kubesteer.planners.rules.slots import Filled, Stretch, container

_TAG = re.compile(
    r"(?:image|tag|version|镜像|版本|标签)\s*(?:也|都)?\s*(?:换|改|更新|升级|升|切|设|调|用|指)?(?:成|到|为|至|to|=|:|is|of)?\s*[\"“'「]?:?([a-z0-9][\w.-]*)"
    r"|(?:换成|改成|升级到|升到|更新到|更新成|更新为|升级成|升级为|切到|切成|切换到|部署|发布|发|上|用|换到|\bto|\bwith)\s*[\"“'「]?:?(latest|stable|main|master|canary|edge|nightly|dev|prod|[a-z]*\d[\w.-]*|[a-z]+-[\w.-]+)",
)
_REFERENCE = re.compile(
    r"(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::\d+)?/)*[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*(?::[A-Za-z0-9_][\w.-]{0,127})?(?:@sha256:[0-9a-f]{64})?",
    re.ASCII,
)
_STOP = frozenset(
    [
        "to",
        "the",
        "a",
        "an",
        "on",
        "for",
        "of",
        "in",
        "is",
        "it",
        "its",
        "please",
        "pls",
        "tag",
        "version",
        "image",
        "new",
        "latest-version",
        "and",
        "with",
        "up",
        "update",
        "same",
        "one",
    ]
)


def imaging(stretch: Stretch) -> Filled:
    """`image`, and `container` where one was named."""
    address = next(
        (
            m
            for m in stretch.message.linked.of("noise", start=stretch.start, end=stretch.end)
            if "://" in m.text
        ),
        None,
    )
    if address is not None:
        return Filled(trouble=_invalid(address.text))
    typed = _typed(stretch)
    if typed is None:
        return Filled(missing=("image",))
    image = complete(typed, stretch.target, container(stretch))
    if not _REFERENCE.fullmatch(image):
        return Filled(trouble=_invalid(image))
    named = container(stretch)
    return Filled({"image": image, "container": named} if named else {"image": image})


def _invalid(image: str) -> Text:
    return Text(f"“{image[:80]}”不是有效的镜像地址。", f"“{image[:80]}” is not a valid image reference.")


def _typed(stretch: Stretch) -> str | None:
    linked = stretch.message.linked
    images = [
        m
        for m in linked.of("image", start=stretch.start, end=stretch.end)
        if stretch.text[m.start - stretch.start].strip()
    ]
    if images:
        return images[-1].text
    low = linked.words.low
    last = None
    for match in _TAG.finditer(low, stretch.start, stretch.end):
        group = 1 if match[1] else 2
        if match[group] in _STOP or any(
            m.start <= match.start(group) < m.end and m.sort in ("object", "place") and m.sure
            for m in linked.mentions
        ):
            continue
        last = linked.words.raw[match.start(group) : match.end(group)]
    return last


def complete(typed: str, target: Item | None, named: str | None) -> str:
    """A bare tag becomes the present image of the container with that tag."""
    if "/" in typed or ":" in typed.lstrip(":") or target is None or not target.images:
        return typed
    present = target.images.get(named or "") or target.images.get("app") or next(iter(target.images.values()))
    bare = present.split("@")[0]
    head, colon, tail = bare.rpartition(":")
    base = head if colon and "/" not in tail else bare
    return f"{base}:{typed.lstrip(':')}"

"""Worlds made of manifests, as the API would serve them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec

from kubesteer.analyzers.gathering import NAMED, SHAPES
from kubesteer.analyzers.resources.shapes import moment
from kubesteer.analyzers.rules.registry import RULES
from kubesteer.analyzers.verdicts import verdicts
from kubesteer.analyzers.world import World
from kubesteer.core.clusters import Usage
from kubesteer.core.findings import Coverage, Finding
from kubesteer.core.refs import Ref

NOW = "2026-03-01T12:00:00Z"
SHAPE_OF = {shape.kind: shape for shape in SHAPES}


def before(seconds: float) -> str:
    """The stamp that many seconds before NOW."""
    return datetime.fromtimestamp(moment(NOW) - seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def world(
    *manifests: dict[str, Any],
    unseen: Iterable[str] = (),
    logs: Mapping[tuple[Ref, str], tuple[str, ...]] | None = None,
    usage: Iterable[Usage] = (),
    namespace: str = "",
) -> World:
    """A World that holds these objects and has looked at everything but the kinds `unseen`."""
    objects: dict[str, list[Any]] = defaultdict(list)
    names: dict[str, set[Ref]] = defaultdict(set)
    for manifest in manifests:
        kind = manifest["kind"]
        if kind in unseen:
            continue
        if kind in NAMED:
            names[kind].add(Ref.of(manifest))
        else:
            objects[kind].append(msgspec.convert(stamped(manifest), SHAPE_OF[kind]))
    missed = dict.fromkeys(unseen, "forbidden")
    seen = {kind: len(objects[kind]) + len(names[kind]) for kind in (*SHAPE_OF, *NAMED) if kind not in missed}
    return World(
        dict(objects),
        Coverage(seen, missed),
        moment(NOW),
        namespace,
        {kind: frozenset(refs) for kind, refs in names.items()},
        {each.ref: each for each in usage},
        logs or {},
    )


def stamped(manifest: dict[str, Any]) -> dict[str, Any]:
    """With the UID and the age that every served object has; with `uid: None` it stays without."""
    kind, given = manifest["kind"], manifest["metadata"]
    uid = f"{kind}/{given.get('namespace', '')}/{given['name']}"
    return {**manifest, "metadata": {"uid": uid, "creationTimestamp": before(86400), **given}}


def findings(*manifests: dict[str, Any], **options: Any) -> list[Finding]:
    """What all rules together find at warning or above."""
    found = [each.finding for each in verdicts(world(*manifests, **options), RULES)]
    return [finding for finding in found if finding.severity != "info"]

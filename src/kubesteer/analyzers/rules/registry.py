"""Every rule, in the order in which they are asked and documented."""

from __future__ import annotations

from kubesteer.analyzers.matches import Rule
from kubesteer.analyzers.rules import (
    pods_configs,
    pods_crashes,
    pods_images,
    pods_scheduling,
    services,
    workloads,
)

RULES: tuple[Rule, ...] = (
    *pods_scheduling.RULES,
    *pods_configs.RULES,
    *pods_images.RULES,
    *pods_crashes.RULES,
    *workloads.RULES,
    *services.RULES,
)

"""Every rule, in the order in which they are asked and documented."""

from __future__ import annotations

from kubesteer.analyzers.matches import Rule
from kubesteer.analyzers.rules import (
    access,
    balancers,
    claims,
    control,
    creation,
    gateways,
    ingresses,
    jobs,
    nodes,
    pods_configs,
    pods_crashes,
    pods_ends,
    pods_images,
    pods_logs,
    pods_probes,
    pods_scheduling,
    pods_volumes,
    policies,
    scaling,
    services,
    volumes,
    workloads,
    workloads_states,
)

RULES: tuple[Rule, ...] = (
    *nodes.RULES,
    *control.RULES,
    *claims.RULES,
    *volumes.RULES,
    *creation.RULES,
    *pods_scheduling.RULES,
    *pods_configs.RULES,
    *pods_images.RULES,
    *pods_volumes.RULES,
    *access.RULES,
    *pods_crashes.RULES,
    *pods_probes.RULES,
    *pods_logs.RULES,
    *pods_ends.RULES,
    *workloads.RULES,
    *workloads_states.RULES,
    *jobs.RULES,
    *policies.RULES,
    *services.RULES,
    *balancers.RULES,
    *ingresses.RULES,
    *gateways.RULES,
    *scaling.RULES,
)
"""Causes stand before what they explain, so that of several explanations the deeper one is found first."""

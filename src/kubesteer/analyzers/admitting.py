"""Whom NetworkPolicies let through.

Source: Kubernetes documentation, "Network Policies": policies add up; a pod that at least one policy selects for
a direction accepts only what some policy admits; pods that none selects accept everything.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from kubesteer.analyzers.resources.clusters import Namespace
from kubesteer.analyzers.resources.networks import NetworkPolicy, PolicyPeer, PolicyPort, PolicyRule
from kubesteer.analyzers.world import World

Labels = Mapping[str, str]


def governing(world: World, namespace: str, labels: Labels, direction: str) -> list[NetworkPolicy]:
    """Policies that isolate pods with these labels in a direction, "Ingress" or "Egress"."""
    return [
        policy
        for policy in world.within(NetworkPolicy, namespace)
        if direction in directions(policy) and policy.spec.pod_selector.matches(labels)
    ]


def directions(policy: NetworkPolicy) -> list[str]:
    """The directions that a policy isolates; without policyTypes, Ingress, and Egress where it has such rules."""
    if policy.spec.policy_types:
        return policy.spec.policy_types
    return ["Ingress", "Egress"] if policy.spec.egress else ["Ingress"]


def admits(
    world: World,
    policies: Iterable[NetworkPolicy],
    direction: str,
    other: tuple[str, Labels],
    ports: Iterable[int | str],
) -> bool:
    """Whether some policy lets traffic through with pods of (namespace, labels) at one of these ports."""
    wanted = list(ports)
    for policy in policies:
        for rule in policy.spec.ingress if direction == "Ingress" else policy.spec.egress:
            peers = rule.peers_from if direction == "Ingress" else rule.peers_to
            if _at(rule, wanted) and (
                not peers or any(_is(world, peer, policy.namespace, other) for peer in peers)
            ):
                return True
    return False


def _at(rule: PolicyRule, wanted: list[int | str]) -> bool:
    return not rule.ports or not wanted or any(_covers(port, each) for port in rule.ports for each in wanted)


def _covers(port: PolicyPort, wanted: int | str) -> bool:
    if port.port is None or port.port == wanted:
        return True
    if isinstance(port.port, str) or isinstance(wanted, str):
        return isinstance(port.port, str) != isinstance(wanted, str)  # a name may stand for that number
    return port.end_port is not None and port.port <= wanted <= port.end_port


def _is(world: World, peer: PolicyPeer, own: str, other: tuple[str, Labels]) -> bool:
    if peer.ip_block is not None:
        return True  # whether an address lies in the block is not for a snapshot to say
    namespace, labels = other
    if peer.namespace_selector is not None:
        if not peer.namespace_selector.matches(_namespace_labels(world, namespace)):
            return False
    elif namespace != own:
        return False
    return peer.pod_selector is None or peer.pod_selector.matches(labels)


def _namespace_labels(world: World, name: str) -> Labels:
    found = world.get(Namespace, "", name)
    return {"kubernetes.io/metadata.name": name, **(found.metadata.labels if found else {})}

"""Aggregated discovery: all groups, versions and resources in one answer.

Source: https://kubernetes.io/docs/concepts/overview/kubernetes-api/#aggregated-discovery
"""

from collections.abc import Mapping

from kubesteer.simulator.objects import Obj
from kubesteer.simulator.registry import Registry, Resource
from kubesteer.simulator.server.discovery import subresources
from kubesteer.simulator.server.replies import Reply, json_reply

CONTENT_TYPE = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"


def wants_aggregated(headers: Mapping[str, str]) -> bool:
    """Whether a client prefers the aggregated form of `/api` and `/apis`."""
    first = headers.get("accept", "").split(",")[0].replace(" ", "")
    return "g=apidiscovery.k8s.io" in first and "v=v2" in first.split(";")


def aggregated(registry: Registry, *, core: bool) -> Reply:
    """The answer of `/api` (`core`) or `/apis`."""
    groups = [
        {
            "metadata": {"name": name, "creationTimestamp": None},
            "versions": _versions(registry, name, versions),
        }
        for name, versions in registry.versions().items()
        if bool(name) is not core
    ]
    reply = json_reply(
        {
            "kind": "APIGroupDiscoveryList",
            "apiVersion": "apidiscovery.k8s.io/v2",
            "metadata": {},
            "items": groups,
        }
    )
    reply.content_type = CONTENT_TYPE
    return reply


def _versions(registry: Registry, group: str, versions: list[str]) -> list[Obj]:
    found = []
    for version in versions:
        served = [_resource(r) for r in registry if (r.group, r.version) == (group, version)]
        found.append({"version": version, "resources": served, "freshness": "Current"})
    return found


def _resource(resource: Resource) -> Obj:
    found: Obj = {
        "resource": resource.plural,
        "responseKind": _kind(resource, resource.kind),
        "scope": "Namespaced" if resource.namespaced else "Cluster",
        "singularResource": resource.singular,
        "verbs": list(resource.verbs),
    }
    if resource.short:
        found["shortNames"] = list(resource.short)
    if resource.categories:
        found["categories"] = list(resource.categories)
    parts = [
        {
            "subresource": entry["name"].partition("/")[2],
            "responseKind": _kind(resource, entry["kind"], entry.get("group"), entry.get("version")),
            "verbs": entry["verbs"],
        }
        for entry in subresources(resource)
    ]
    return {**found, "subresources": parts} if parts else found


def _kind(resource: Resource, kind: str, group: str | None = None, version: str | None = None) -> Obj:
    return {
        "group": resource.group if group is None else group,
        "version": resource.version if version is None else version,
        "kind": kind,
    }

"""Discovery: which groups, versions and resources there are.

Source: https://kubernetes.io/docs/concepts/overview/kubernetes-api/#discovery-api
"""

from kubesteer.simulator.objects import Obj
from kubesteer.simulator.registry import Registry, Resource

VERSION = {
    "major": "1",
    "minor": "34",
    "emulationMajor": "1",
    "emulationMinor": "34",
    "minCompatibilityMajor": "1",
    "minCompatibilityMinor": "33",
    "gitVersion": "v1.34.4",
    "gitTreeState": "clean",
    "goVersion": "go1.24.12",
    "compiler": "gc",
    "platform": "linux/amd64",
}
SCALE_VERBS = ["get", "patch", "update"]
OTHER: dict[str, tuple[str, str, str, list[str]]] = {
    "log": ("", "", "Pod", ["get"]),
    "eviction": ("policy", "v1", "Eviction", ["create"]),
    "binding": ("", "", "Binding", ["create"]),
    "exec": ("", "", "PodExecOptions", ["create", "get"]),
    "attach": ("", "", "PodAttachOptions", ["create", "get"]),
    "portforward": ("", "", "PodPortForwardOptions", ["create", "get"]),
    "token": ("authentication.k8s.io", "v1", "TokenRequest", ["create"]),
    "finalize": ("", "", "Namespace", ["update"]),
}
"""Group, version (empty: those of the resource), kind and verbs of the less common subresources."""


def verbs_of(subresource: str) -> list[str]:
    """The verbs that a subresource has."""
    return OTHER[subresource][3] if subresource in OTHER else SCALE_VERBS


def core_versions(address: str) -> Obj:
    """`/api`."""
    addresses = [{"clientCIDR": "0.0.0.0/0", "serverAddress": address}]
    return {"kind": "APIVersions", "versions": ["v1"], "serverAddressByClientCIDRs": addresses}


def _group(name: str, versions: list[str]) -> Obj:
    listed = [{"groupVersion": f"{name}/{version}", "version": version} for version in versions]
    return {"name": name, "versions": listed, "preferredVersion": listed[0]}


def groups(registry: Registry) -> Obj:
    """`/apis`."""
    found = [_group(name, versions) for name, versions in registry.versions().items() if name]
    return {"kind": "APIGroupList", "apiVersion": "v1", "groups": found}


def group(registry: Registry, name: str) -> Obj | None:
    """`/apis/<group>`, None for a group that is not served."""
    versions = registry.versions().get(name)
    return {"kind": "APIGroup", "apiVersion": "v1", **_group(name, versions)} if versions else None


def resource_list(registry: Registry, group_name: str, version: str) -> Obj | None:
    """`/api/v1` and `/apis/<group>/<version>`, None for what is not served."""
    served = [r for r in registry if (r.group, r.version) == (group_name, version)]
    if not served:
        return None
    listed = sorted((entry for r in served for entry in _entries(r)), key=lambda entry: str(entry["name"]))
    api_version = served[0].api_version
    return {"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": api_version, "resources": listed}


def _entries(resource: Resource) -> list[Obj]:
    base: Obj = {
        "name": resource.plural,
        "singularName": resource.singular,
        "namespaced": resource.namespaced,
        "kind": resource.kind,
        "verbs": list(resource.verbs),
    }
    if resource.short:
        base["shortNames"] = list(resource.short)
    if resource.categories:
        base["categories"] = list(resource.categories)
    return [base, *subresources(resource)]


def subresources(resource: Resource) -> list[Obj]:
    """The entries of an APIResourceList for a resource's subresources."""
    common = {"singularName": "", "namespaced": resource.namespaced}
    found: list[Obj] = []
    if resource.status:
        found.append(
            {"name": f"{resource.plural}/status", **common, "kind": resource.kind, "verbs": SCALE_VERBS}
        )
    if resource.scale:
        scale = {"group": "autoscaling", "version": "v1", "kind": "Scale", "verbs": SCALE_VERBS}
        found.append({"name": f"{resource.plural}/scale", **common, **scale})
    for word in resource.other:
        group_name, version, kind, verbs = OTHER[word]
        place = {"group": group_name, "version": version} if group_name else {}
        found.append({"name": f"{resource.plural}/{word}", **common, **place, "kind": kind, "verbs": verbs})
    return found

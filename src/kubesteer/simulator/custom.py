"""Custom resources: what a CustomResourceDefinition adds to the API while it is there.

Source: https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/
"""

from collections.abc import Iterator

from kubesteer.simulator.objects import Obj, dig, items, section, text
from kubesteer.simulator.registry import Registry, Resource
from kubesteer.simulator.store import Change, Store

DEFINITIONS = ("apiextensions.k8s.io", "customresourcedefinitions")


def resources_of(definition: Obj) -> Iterator[Resource]:
    """The resources that a definition declares, one a served version."""
    spec = section(definition, "spec")
    names = section(spec, "names")
    short, categories = names.get("shortNames"), names.get("categories")
    for version in items(spec, "versions"):
        if version.get("served"):
            yield Resource(
                text(spec, "group"),
                text(version, "name"),
                text(names, "kind"),
                text(names, "plural"),
                tuple(short) if isinstance(short, list) else (),
                namespaced=text(spec, "scope", default="Namespaced") == "Namespaced",
                status="status" in section(version, "subresources"),
                scale="scale" in section(version, "subresources"),
                categories=tuple(categories) if isinstance(categories, list) else (),
                custom=True,
            )


class CustomResources:
    """Keeps a registry in step with the definitions in a store."""

    def __init__(self, store: Store, registry: Registry) -> None:
        self.store = store
        self.registry = registry
        store.listen(self.hear)

    def hear(self, change: Change) -> None:
        """Serve what a definition declares; stop when it goes."""
        if change.key != DEFINITIONS:
            return
        definition = change.entry.obj
        group, plural = text(definition, "spec", "group"), text(definition, "spec", "names", "plural")
        if change.type == "DELETED":
            for obj in self.store.list((group, plural)):
                metadata = obj["metadata"]
                self.store.remove((group, plural), metadata.get("namespace", ""), metadata["name"])
            self.registry.remove(group, plural)
            return
        for resource in resources_of(definition):
            if self.registry.find(resource.group, resource.version, resource.plural) is None:
                self.registry.add(resource)


def establish(definition: Obj) -> None:
    """Complete a definition in place: its names, and that it is served (which here happens at once)."""
    names = dig(definition, "spec", "names")
    if not isinstance(names, dict):
        return
    kind = text(names, "kind")
    names.setdefault("singular", kind.lower())
    names.setdefault("listKind", f"{kind}List")
    conditions = [
        {"type": "NamesAccepted", "status": "True", "reason": "NoConflicts", "message": "no conflicts found"},
        {"type": "Established", "status": "True", "reason": "InitialNamesAccepted", "message": "established"},
    ]
    stored = [text(v, "name") for v in items(definition, "spec", "versions") if v.get("storage")]
    definition["status"] = {"conditions": conditions, "acceptedNames": names, "storedVersions": stored}

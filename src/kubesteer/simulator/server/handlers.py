"""What each verb does with a resource."""

from collections.abc import Callable
from typing import Any

from kubesteer.simulator.conversion import to_served, to_stored
from kubesteer.simulator.deletion import delete, read_deletion
from kubesteer.simulator.failures import bad_request, method_not_allowed, not_found
from kubesteer.simulator.objects import Obj, name_of, terminating, text, uid_of
from kubesteer.simulator.patching.apply import apply_patch
from kubesteer.simulator.patching.json_patch import json_patch
from kubesteer.simulator.patching.merge_patch import merge_patch
from kubesteer.simulator.patching.ownership import Manager
from kubesteer.simulator.patching.strategic import strategic_merge
from kubesteer.simulator.server.bodies import measure, unsupported_media
from kubesteer.simulator.server.lists import list_reply, selection
from kubesteer.simulator.server.replies import Reply, json_reply, partial, success, wanted_form
from kubesteer.simulator.server.requests import Request, Target, bad_option, check_manager
from kubesteer.simulator.server.watches import watch_reply
from kubesteer.simulator.tables.tables import table
from kubesteer.simulator.writes import Cluster, Writer

JSON_PATCH = "application/json-patch+json"
MERGE_PATCH = "application/merge-patch+json"
STRATEGIC_PATCH = "application/strategic-merge-patch+json"
APPLY_PATCH = "application/apply-patch+yaml"


def writer_of(request: Request, subresource: str = "", *, applying: bool = False) -> Writer:
    """Who writes, from the request. Raises Failure 422 for a `dryRun` or `fieldValidation` that is not known."""
    check_manager(request)
    validation = request.query.get("fieldValidation") or "Warn"
    if validation not in ("Strict", "Warn", "Ignore"):
        raise bad_option("fieldValidation", validation, ("Ignore", "Strict", "Warn"))
    patch = request.body.decode(errors="replace") if request.method == "PATCH" and not applying else ""
    return Writer(
        request.manager, subresource, request.dry_run, validation, applying, patch, request.warnings
    )


class Handlers:
    """The generic verbs over the cluster's state."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster

    def answer(self, request: Request, target: Target) -> Reply:
        """Do what is asked. Raises Failure."""
        verbs: dict[str, Callable[[Request, Target], Reply]] = {
            "get": self.get,
            "list": lambda r, t: list_reply(r, t, self.cluster.store),
            "watch": lambda r, t: watch_reply(r, t, self.cluster.store),
            "create": self.create,
            "update": self.update,
            "patch": self.patch,
            "delete": self.delete,
            "deletecollection": self.delete_collection,
        }
        if target.verb not in verbs or target.verb not in target.resource.verbs:
            raise method_not_allowed()
        if target.verb in ("update", "patch") and not target.name:
            raise method_not_allowed()
        return verbs[target.verb](request, target)

    def stored(self, target: Target) -> Obj:
        """The object that a target names. Raises Failure 404."""
        found = self.cluster.store.get(target.resource.key, target.namespace, target.name)
        if found is None:
            raise not_found(target.resource.group, target.resource.plural, target.name)
        return found

    def formed(self, request: Request, target: Target, obj: Obj, code: int = 200) -> Reply:
        """An object in the form that the client accepts."""
        form = wanted_form(request.headers)
        served = to_served(obj, target.resource)
        if form == "Table":
            metadata = {"resourceVersion": text(obj, "metadata", "resourceVersion")}
            included = request.query.get("includeObject", "Metadata")
            return json_reply(table(target.resource, [served], metadata, included), code)
        return json_reply(partial(served) if form else served, code)

    def get(self, request: Request, target: Target) -> Reply:
        """One object."""
        return self.formed(request, target, self.stored(target))

    def create(self, request: Request, target: Target) -> Reply:
        """POST to a collection."""
        if target.name:
            raise method_not_allowed()
        obj = self._body(request, target)
        made = self.cluster.create(target.resource, obj, writer_of(request), target.namespace)
        return self.formed(request, target, made, 201)

    def _body(self, request: Request, target: Target) -> Obj:
        obj = request.decoded()
        resource = target.resource
        if not isinstance(obj, dict):
            raise bad_request("the body of the request is not an object")
        obj.setdefault("apiVersion", resource.api_version)
        obj.setdefault("kind", resource.kind)
        if (obj["apiVersion"], obj["kind"]) != (resource.api_version, resource.kind):
            given = f"{obj['kind']} in version {obj['apiVersion']!r}"
            raise bad_request(
                f"the API version in the data ({obj['apiVersion']}) does not match the expected API version "
                f"({resource.api_version}), or its kind does not match {resource.kind}: {given}"
            )
        if not isinstance(obj.setdefault("metadata", {}), dict):
            raise bad_request("metadata is not an object")
        return to_stored(obj, resource)

    def update(self, request: Request, target: Target) -> Reply:
        """PUT of a whole object, which must name the version it was read in where the kind demands it."""
        obj = self._body(request, target)
        if name_of(obj) != target.name:
            raise bad_request(
                f"the name of the object ({name_of(obj)}) does not match the name on the URL ({target.name})"
            )
        if target.namespace:
            obj["metadata"].setdefault("namespace", target.namespace)
        writer = writer_of(request, target.subresource)
        made = self.cluster.update(target.resource, target.namespace, target.name, lambda _old: obj, writer)
        return self.formed(request, target, made)

    def patch(self, request: Request, target: Target) -> Reply:
        """PATCH in one of the four formats."""
        if request.content_type == APPLY_PATCH:
            return self._apply(request, target)
        change = self._patcher(request, target)
        writer = writer_of(request, target.subresource)
        made = self.cluster.update(target.resource, target.namespace, target.name, change, writer)
        return self.formed(request, target, made)

    def _patcher(self, request: Request, target: Target) -> Callable[[Obj], Obj]:
        kind, resource = request.content_type, target.resource
        if kind == STRATEGIC_PATCH and resource.custom:
            raise unsupported_media(kind)
        if kind not in (JSON_PATCH, MERGE_PATCH, STRATEGIC_PATCH):
            raise unsupported_media(kind)
        body = request.decoded()

        def change(stored: Obj) -> Obj:
            served = to_served(stored, resource)
            if kind == JSON_PATCH:
                changed = json_patch(served, body)
            elif kind == MERGE_PATCH:
                changed = merge_patch(served, body)
            else:
                changed = strategic_merge(served, body, resource.api_version, resource.kind)
            measure(changed)
            return to_stored(changed, resource)

        return change

    def _apply(self, request: Request, target: Target) -> Reply:
        if not request.query.get("fieldManager"):
            raise bad_option("fieldManager", "", ())
        given, resource = request.decoded(), target.resource
        for key in ("apiVersion", "kind"):
            if not text(given, key):
                raise bad_request(f"error decoding YAML: Object '{key}' is missing")
        config = self._body(request, target)
        manager = Manager(request.manager, "Apply", config["apiVersion"], target.subresource)
        writer = writer_of(request, target.subresource, applying=True)
        now, force = self.cluster.clock.stamp(), request.switch("force")
        config["metadata"].setdefault("name", target.name)
        if target.namespace:
            config["metadata"].setdefault("namespace", target.namespace)
        live = self.cluster.store.get(resource.key, target.namespace, target.name)
        if live is None:
            made = apply_patch(None, config, manager, now, force=force)
            return self.formed(
                request, target, self.cluster.create(resource, made, writer, target.namespace), 201
            )

        def change(stored: Obj) -> Obj:
            return apply_patch(stored, config, manager, now, force=force)

        made = self.cluster.update(resource, target.namespace, target.name, change, writer)
        return self.formed(request, target, made)

    def _options(self, request: Request) -> Obj:
        """The options in the body; those of the query count only where there is no body, as on a real server."""
        given: Any = request.decoded() if request.body else {}
        if given is not None and not isinstance(given, dict):
            raise bad_request("the body of the request is no DeleteOptions")
        if given:
            return dict(given)
        options: Obj = {"dryRun": ["All"]} if request.dry_run else {}
        if policy := request.query.get("propagationPolicy"):
            options["propagationPolicy"] = policy
        if (grace := request.integer("gracePeriodSeconds")) is not None:
            options["gracePeriodSeconds"] = grace
        return options

    def delete(self, request: Request, target: Target) -> Reply:
        """DELETE of one object: a Status when it is gone, the object when something must happen first."""
        deletion = read_deletion(self._options(request))
        resource = target.resource
        last, finished = delete(self.cluster, resource, target.namespace, target.name, deletion)
        if not finished or resource.plural in ("pods", "namespaces"):
            return self.formed(request, target, last)
        return json_reply(success(resource.group, resource.plural, name_of(last), uid_of(last)))

    def delete_collection(self, request: Request, target: Target) -> Reply:
        """DELETE of everything that the selectors choose."""
        deletion = read_deletion(self._options(request))
        chosen = selection(request, target)
        found = [o for o in self.cluster.store.list(target.resource.key, target.namespace) if chosen(o)]
        for obj in found:
            if not terminating(obj):
                delete(
                    self.cluster, target.resource, text(obj, "metadata", "namespace"), name_of(obj), deletion
                )
        kind = f"{target.resource.kind}List"
        items = [{k: v for k, v in obj.items() if k not in ("kind", "apiVersion")} for obj in found]
        metadata = {"resourceVersion": str(self.cluster.store.rv)}
        return json_reply(
            {"kind": kind, "apiVersion": target.resource.api_version, "metadata": metadata, "items": items}
        )

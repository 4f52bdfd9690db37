"""Subresources that are not a part of the object itself: scale, log, eviction, token."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping
from dataclasses import replace

from kubesteer.simulator.clock import stamp
from kubesteer.simulator.disruption import evict
from kubesteer.simulator.failures import Failure, bad_request, conflict, method_not_allowed
from kubesteer.simulator.logs import Line, Logs, written_out
from kubesteer.simulator.objects import Obj, name_of, namespace_of, number, section, text, uid_of
from kubesteer.simulator.patching.json_patch import json_patch
from kubesteer.simulator.patching.merge_patch import merge_patch
from kubesteer.simulator.rbac import user_named
from kubesteer.simulator.selectors import selector_text
from kubesteer.simulator.server.authentication import Authenticator
from kubesteer.simulator.server.discovery import verbs_of
from kubesteer.simulator.server.handlers import JSON_PATCH, Handlers, writer_of
from kubesteer.simulator.server.replies import TEXT, Reply, json_reply
from kubesteer.simulator.server.requests import Request, Target
from kubesteer.simulator.writes import Cluster


def scale_of(obj: Obj) -> Obj:
    """The `autoscaling/v1` Scale of a workload; as on a real server, a wanted 0 is left out."""
    wanted = number(obj, "spec", "replicas")
    metadata = {key: obj["metadata"][key] for key in ("name", "namespace", "uid", "resourceVersion")}
    status = {"replicas": number(obj, "status", "replicas")}
    selector = selector_text(section(obj, "spec", "selector"))
    return {
        "kind": "Scale",
        "apiVersion": "autoscaling/v1",
        "metadata": {**metadata, "creationTimestamp": obj["metadata"]["creationTimestamp"]},
        "spec": {"replicas": wanted} if wanted else {},
        "status": {**status, "selector": selector} if selector else status,
    }


FOLLOW_SECONDS = 0.2


class Subresources:
    """The handlers by the name of the subresource."""

    def __init__(
        self, cluster: Cluster, handlers: Handlers, logs: Logs, authenticator: Authenticator
    ) -> None:
        self.cluster = cluster
        self.authenticator = authenticator
        self.handlers = handlers
        self.logs = logs
        self.table: Mapping[str, Callable[[Request, Target], Reply]] = {
            "status": handlers.answer,
            "scale": self.scale,
            "log": self.log,
            "eviction": self.eviction,
            "token": self.token,
            "binding": self.binding,
            "finalize": handlers.answer,
            **dict.fromkeys(("exec", "attach", "portforward"), self.attach),
        }

    def answer(self, request: Request, target: Target) -> Reply:
        """Do what is asked. Raises Failure."""
        if target.subresource not in self.table or target.verb not in verbs_of(target.subresource):
            raise method_not_allowed()
        return self.table[target.subresource](request, target)

    def scale(self, request: Request, target: Target) -> Reply:
        """Read or set `spec.replicas`."""
        obj = self.handlers.stored(target)
        if target.verb == "get":
            return json_reply(scale_of(obj))
        if target.verb not in ("patch", "update"):
            raise method_not_allowed()
        body = request.decoded()

        def change(stored: Obj) -> Obj:
            wanted = _changed_scale(request, scale_of(stored), body)
            if (name := name_of(wanted) or target.name) != target.name:
                raise bad_request(
                    f"the name of the object ({name}) does not match the name on the URL ({target.name})"
                )
            stored["spec"]["replicas"] = section(wanted, "spec").get("replicas", 0)
            for precondition in ("resourceVersion", "uid"):
                stored["metadata"][precondition] = wanted["metadata"].get(precondition)
            return stored

        writer = writer_of(request, "")
        made = self.cluster.update(target.resource, target.namespace, target.name, change, writer)
        return json_reply(scale_of(made))

    def log(self, request: Request, target: Target) -> Reply:
        """Lines of a container."""
        pod = self.handlers.stored(target)
        if not request.switch("follow"):
            return Reply(200, self.logs.read(pod, request.query), TEXT)
        found, running = self.logs.told(pod, request.query)
        return Reply(200, self._follow(target, request.query, found, running), TEXT)

    async def _follow(
        self, target: Target, query: Mapping[str, str], found: list[Line], running: bool
    ) -> AsyncGenerator[bytes, None]:
        """New lines as they are written, until the container ends or the pod goes."""
        moment = found[-1][0] if found else self.cluster.clock.now()
        yield written_out(found, query)
        while running:
            await asyncio.sleep(FOLLOW_SECONDS)
            pod = self.cluster.store.get(target.resource.key, target.namespace, target.name)
            if pod is None:
                return
            try:
                found, running = self.logs.later(pod, query, moment)
            except Failure:
                return
            if found:
                moment = found[-1][0]
                yield written_out(found, query)

    def eviction(self, request: Request, target: Target) -> Reply:
        """Delete a pod unless a budget forbids it."""
        if target.verb != "create":
            raise method_not_allowed()
        pod = self.handlers.stored(target)
        body = request.decoded()
        options = section(body, "deleteOptions")
        evict(self.cluster, target.resource, pod, options, dry_run=request.dry_run)
        return json_reply(
            {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "code": 201}, 201
        )

    def attach(self, request: Request, target: Target) -> Reply:
        """Nothing runs here that one could speak to. Raises Failure 404 or 501."""
        del request
        self.handlers.stored(target)
        raise Failure(501, "NotImplemented", "the simulator runs no processes to speak to")

    def binding(self, request: Request, target: Target) -> Reply:
        """Bind a pod to a node, as a scheduler does."""
        if target.verb != "create":
            raise method_not_allowed()
        body = request.decoded()
        pod, node = self.handlers.stored(target), text(body, "target", "name")
        if not node:
            raise bad_request("target.name: Required value")
        if assigned := text(pod, "spec", "nodeName"):
            why = f"pod {target.name} is already assigned to node {assigned!r}"
            raise conflict("", "pods/binding", target.name, why)

        def change(stored: Obj) -> Obj:
            stored["spec"]["nodeName"] = node
            return stored

        writer = replace(writer_of(request), subresource="binding")
        self.cluster.update(target.resource, target.namespace, target.name, change, writer)
        status = {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "code": 201}
        return json_reply(status, 201)

    def token(self, request: Request, target: Target) -> Reply:
        """A token with which one is the account, on this server alone."""
        account = self.handlers.stored(target)
        seconds = number(request.decoded(), "spec", "expirationSeconds", default=3600)
        user = user_named(f"system:serviceaccount:{namespace_of(account)}:{name_of(account)}")
        expires = stamp(self.cluster.clock.after(seconds * self.cluster.clock.speed))
        status = {"token": self.authenticator.issue(user), "expirationTimestamp": expires}
        metadata = {"name": name_of(account), "namespace": namespace_of(account), "uid": uid_of(account)}
        spec = {"audiences": ["https://kubernetes.default.svc"], "expirationSeconds": seconds}
        return json_reply(
            {
                "kind": "TokenRequest",
                "apiVersion": "authentication.k8s.io/v1",
                "metadata": metadata,
                "spec": spec,
                "status": status,
            },
            201,
        )


def _changed_scale(request: Request, scale: Obj, body: object) -> Obj:
    if request.method == "PUT":
        if not isinstance(body, dict):
            raise bad_request("the body of the request is not an object")
        return {**body, "metadata": section(body, "metadata")}
    return json_patch(scale, body) if request.content_type == JSON_PATCH else merge_patch(scale, body)

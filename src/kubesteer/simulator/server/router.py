"""From a request to the code that answers it: resources, discovery, documents, health."""

from kubesteer.simulator.failures import Failure, forbidden, no_such_path
from kubesteer.simulator.logs import Logs
from kubesteer.simulator.metrics import Metrics
from kubesteer.simulator.objects import Obj
from kubesteer.simulator.rbac import Attempt, Authorizer, refusal
from kubesteer.simulator.registry import Registry
from kubesteer.simulator.resources import METRICS
from kubesteer.simulator.server import discovery, openapi
from kubesteer.simulator.server.aggregated import aggregated, wants_aggregated
from kubesteer.simulator.server.authentication import Authenticator, impersonated
from kubesteer.simulator.server.handlers import Handlers
from kubesteer.simulator.server.lists import selection
from kubesteer.simulator.server.replies import TEXT, Reply, json_reply
from kubesteer.simulator.server.requests import Request, Target, target_of
from kubesteer.simulator.server.reviews import review
from kubesteer.simulator.server.subresources import Subresources
from kubesteer.simulator.writes import Cluster

HEALTH = frozenset({"/healthz", "/livez", "/readyz"})
REVIEWS = frozenset({"authorization.k8s.io", "authentication.k8s.io"})


class Router:
    """Authenticates, authorizes and answers."""

    def __init__(
        self, cluster: Cluster, authenticator: Authenticator, authorizer: Authorizer, metrics: Metrics | None
    ) -> None:
        self.cluster = cluster
        self.authenticator = authenticator
        self.authorizer = authorizer
        self.metrics = metrics
        self.handlers = Handlers(cluster)
        self.subresources = Subresources(cluster, self.handlers, Logs(cluster.clock), authenticator)

    def target(self, request: Request) -> Target | None:
        """The resource that a request names, None for all other paths."""
        return target_of(request, self.cluster.registry)

    def answer(self, request: Request, target: Target | None) -> Reply:
        """The answer to a request. Raises Failure."""
        known = self.authenticator.identify(request.headers)
        request.user = known
        request.user = impersonated(known, request.headers, self.authorizer)
        self._authorize(request, target)
        if target is None:
            return self._document(request)
        if target.resource.group == METRICS and self.metrics is not None:
            return self._usage(request, target, self.metrics)
        if target.resource.group in REVIEWS:
            return review(request, target, self.authorizer)
        if target.subresource:
            return self.subresources.answer(request, target)
        return self.handlers.answer(request, target)

    def _authorize(self, request: Request, target: Target | None) -> None:
        if target is None:
            attempt = Attempt(request.method.lower(), path=request.path)
            plural, group, name = "", "", ""
        else:
            group, plural, name = target.resource.group, target.resource.plural, target.name
            attempt = Attempt(target.verb, group, plural, target.namespace, name, target.subresource)
        if not self.authorizer.allows(request.user, attempt):
            raise _refused(group, plural, name, refusal(request.user, attempt))

    def _usage(self, request: Request, target: Target, metrics: Metrics) -> Reply:
        if target.verb not in target.resource.verbs:
            raise Failure(405, "MethodNotAllowed", "metrics can only be read")
        chosen = selection(request, target)
        return json_reply(metrics.answer(target.resource.plural, target.namespace, target.name, chosen))

    def _document(self, request: Request) -> Reply:
        if request.method not in ("GET", "HEAD"):
            raise no_such_path()
        path = request.path.rstrip("/")
        if path in HEALTH or path.startswith(tuple(f"{health}/" for health in HEALTH)):
            return Reply(200, b"ok", TEXT)
        if path in ("/api", "/apis") and wants_aggregated(request.headers):
            return aggregated(self.cluster.registry, core=path == "/api")
        found = self._described(path, request)
        if found is None:
            raise no_such_path()
        return json_reply(found)

    def _described(self, path: str, request: Request) -> Obj | None:
        registry = self.cluster.registry
        match path.split("/")[1:]:
            case ["version"]:
                return discovery.VERSION
            case ["api"]:
                return discovery.core_versions(request.headers.get("host", ""))
            case ["apis"]:
                return discovery.groups(registry)
            case ["api", version]:
                return discovery.resource_list(registry, "", version)
            case ["apis", group]:
                return discovery.group(registry, group)
            case ["apis", group, version]:
                return discovery.resource_list(registry, group, version)
            case ["openapi", *rest]:
                return _openapi(rest, registry)
        return None


def _openapi(rest: list[str], registry: Registry) -> Obj | None:
    match rest:
        case ["v2"]:
            return openapi.swagger()
        case ["v3"]:
            return openapi.index(registry)
        case ["v3", "api", version]:
            return openapi.document(registry, "", version)
        case ["v3", "apis", group, version]:
            return openapi.document(registry, group, version)
    return None


def _refused(group: str, plural: str, name: str, why: str) -> Failure:
    if plural and not name:
        failure = forbidden(group, plural, "", why)
        qualified = f"{plural}.{group}" if group else plural
        return Failure(403, "Forbidden", f"{qualified} is forbidden: {why}", failure.details)
    return forbidden(group, plural, name, why)

"""Ingresses: their class, the Services and ports behind them, their certificates, and hosts claimed twice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from kubesteer.analyzers import patience
from kubesteer.analyzers.matches import Match, Remedy, Rule
from kubesteer.analyzers.near import near_hint, near_ref
from kubesteer.analyzers.remedies import only_person
from kubesteer.analyzers.resources.networks import Ingress, IngressClass, Service, ServiceBackend
from kubesteer.analyzers.resources.shapes import moment
from kubesteer.analyzers.rules.quotes import field_quote
from kubesteer.analyzers.world import World
from kubesteer.core.refs import Ref
from kubesteer.core.texts import Text

CLASS_ANNOTATION = "kubernetes.io/ingress.class"


def _settled(world: World) -> Iterator[Ingress]:
    for ingress in world.of(Ingress):
        if world.now - moment(ingress.metadata.creation_timestamp) > patience.CONTROLLER:
            yield ingress


def backends(ingress: Ingress) -> Iterator[tuple[str, ServiceBackend]]:
    """Every Service that an Ingress leads to, with the host and path."""
    default = ingress.spec.default_backend
    if default is not None and default.service is not None:
        yield "*", default.service
    for rule in ingress.spec.rules:
        for path in rule.http.paths:
            if path.backend.service is not None:
                yield f"{rule.host or '*'}{path.path}", path.backend.service


def _find_backend(world: World) -> Iterator[Match]:
    for ingress in _settled(world):
        for where, backend in backends(ingress):
            ref = Ref("Service", ingress.namespace, backend.name)
            if not world.exists(ref):
                yield Match(
                    object=ingress.ref,
                    culprit=ref,
                    values={"service": ref.name, "where": where},
                    evidence=(
                        field_quote(f"{where}: backend.service.name", ref.name),
                        *near_hint(world, ref),
                    ),
                )


def _backend_remedy(world: World, match: Match) -> Remedy:
    ref = match.culprit
    near = near_ref(world, ref) if ref else None
    if ref is None:
        return Remedy()
    tail_zh, tail_en = (
        (f";名字相近的有 {near.name}", f"; {near.name} is nearly the same name") if near else ("", "")
    )
    return only_person(
        f"命名空间 {ref.namespace} 里缺少 Service {ref.name}{tail_zh}:要么建立它,要么改 Ingress 的后端。",
        f"Service {ref.name} is missing in namespace {ref.namespace}{tail_en}: create it, or change the backend.",
    )


def _find_port(world: World) -> Iterator[Match]:
    for ingress in _settled(world):
        for where, backend in backends(ingress):
            service = world.get(Service, ingress.namespace, backend.name)
            if service is None or service.spec.type == "ExternalName" or not service.spec.ports:
                continue
            wanted: int | str = backend.port.name or backend.port.number
            known = (
                [p.name for p in service.spec.ports]
                if backend.port.name
                else [p.port for p in service.spec.ports]
            )
            if wanted and wanted not in known:
                listed = ", ".join(
                    f"{p.name}:{p.port}" if p.name else str(p.port) for p in service.spec.ports
                )
                yield Match(
                    object=ingress.ref,
                    culprit=service.ref,
                    values={"port": str(wanted), "service": service.name, "known": listed},
                    evidence=(
                        field_quote(f"{where}: backend.service.port", wanted),
                        field_quote(f"{service.ref}: spec.ports", listed),
                    ),
                )


def _port_remedy(world: World, match: Match) -> Remedy:
    ref, known = match.culprit, str(match.values["known"])
    service = world.get(Service, ref.namespace, ref.name) if ref else None
    if service is not None and len(service.spec.ports) == 1:
        return only_person(
            f"把 {match.object} 的后端端口改成 {service.name} 唯一的端口:{service.spec.ports[0].port}。",
            f"Change the backend port of {match.object} to what {service.name} has as its only port: "
            f"{service.spec.ports[0].port}.",
        )
    return only_person(
        f"需要人决定 {match.object} 的后端用哪个端口:{known}。",
        f"A person must choose the backend port of {match.object}: {known}.",
    )


def _find_class(world: World) -> Iterator[Match]:
    classes = {item.name for item in world.of(IngressClass)}
    has_default = any(item.default for item in world.of(IngressClass))
    for ingress in _settled(world):
        named = ingress.spec.ingress_class_name
        noted = ingress.metadata.annotations.get(CLASS_ANNOTATION, "")
        if (named and named in classes) or (noted and not named) or ingress.status.load_balancer.ingress:
            continue
        if not named and (has_default or not classes):
            continue
        known = ", ".join(sorted(classes)) or "-"
        yield Match(
            object=ingress.ref,
            values={"class": named or "-", "known": known},
            evidence=(field_quote("spec.ingressClassName", named or "-"), field_quote("IngressClass", known)),
            severity=None if named else "info",
        )


def _find_tls(world: World) -> Iterator[Match]:
    for ingress in _settled(world):
        for tls in ingress.spec.tls:
            ref = Ref("Secret", ingress.namespace, tls.secret_name)
            if not tls.secret_name or world.exists(ref):
                continue
            issued = any("cert-manager.io/" in key for key in ingress.metadata.annotations)
            age = world.now - moment(ingress.metadata.creation_timestamp)
            yield Match(
                object=ingress.ref,
                culprit=ref,
                values={"secret": ref.name, "hosts": ", ".join(tls.hosts) or "*"},
                evidence=(field_quote("spec.tls.secretName", ref.name), *near_hint(world, ref)),
                severity="info" if issued and age < patience.AUTOSCALING else None,
            )


def _tls_remedy(world: World, match: Match) -> Remedy:
    del world
    ref = match.culprit
    return only_person(
        f"命名空间 {match.object.namespace} 里缺少 TLS Secret {ref.name if ref else ''}(证书与私钥)。",
        f"TLS Secret {ref.name if ref else ''} (certificate and key) is missing in namespace {match.object.namespace}.",
    )


def _find_conflict(world: World) -> Iterator[Match]:
    """The same host and path led to different Services by Ingresses of one class: one of them loses."""
    claims: dict[tuple[str, str, str], list[tuple[Ingress, str]]] = defaultdict(list)
    for ingress in _settled(world):
        noted = ingress.metadata.annotations
        if any("canary" in key for key in noted):
            continue
        class_ = ingress.spec.ingress_class_name or noted.get(CLASS_ANNOTATION, "")
        for rule in ingress.spec.rules:
            for path in rule.http.paths if rule.host else ():
                service = path.backend.service.name if path.backend.service else ""
                claims[class_, rule.host, path.path].append((ingress, f"{ingress.namespace}/{service}"))
    for (_, host, route), claimed in claims.items():
        if len({target for _, target in claimed}) > 1 and len({i.ref for i, _ in claimed}) > 1:
            last = max((i for i, _ in claimed), key=lambda i: (i.metadata.creation_timestamp, i.ref))
            others = ", ".join(sorted({str(i.ref) for i, _ in claimed} - {str(last.ref)}))
            yield Match(
                object=last.ref,
                values={"host": f"{host}{route}", "others": others},
                evidence=tuple(field_quote(f"{i.ref}: {host}{route}", target) for i, target in claimed[:5]),
            )


RULES = (
    Rule(
        id="ingress-backend-missing",
        group="ingresses",
        kind="Ingress",
        severity="warning",
        title=Text("Ingress 的后端 Service 不存在", "An Ingress leads to a Service that does not exist"),
        summary=Text(
            "{object} 指向不存在的 Service {service}。",
            "{object} leads to Service {service}, which does not exist.",
        ),
        cause=Text(
            "{where} 的后端是 {service},命名空间里没有它。",
            "The backend of {where} is {service}, which is not in the namespace.",
        ),
        find=_find_backend,
        needs=("Service",),
        remedy=_backend_remedy,
    ),
    Rule(
        id="ingress-port-missing",
        group="ingresses",
        kind="Ingress",
        severity="warning",
        title=Text("Ingress 的后端端口不存在", "An Ingress leads to a port that its Service does not have"),
        summary=Text(
            "{object} 指向 Service {service} 没有的端口 {port}。",
            "{object} leads to port {port}, which Service {service} does not have.",
        ),
        cause=Text("Service {service} 的端口是 {known}。", "Service {service} has {known}."),
        find=_find_port,
        needs=("Service",),
        remedy=_port_remedy,
    ),
    Rule(
        id="ingress-class-missing",
        group="ingresses",
        kind="Ingress",
        severity="warning",
        title=Text("Ingress 的类别不存在", "An Ingress's class does not exist"),
        summary=Text(
            "{object} 的 IngressClass {class} 不存在,没有控制器会处理它。",
            "{object}: IngressClass {class} does not exist, and no controller serves it.",
        ),
        cause=Text("集群里的 IngressClass:{known}。", "The cluster has the classes {known}."),
        find=_find_class,
        needs=("IngressClass",),
    ),
    Rule(
        id="ingress-tls-missing",
        group="ingresses",
        kind="Ingress",
        severity="warning",
        title=Text("Ingress 的 TLS Secret 不存在", "An Ingress's TLS Secret does not exist"),
        summary=Text(
            "{object} 缺少 {hosts} 的 TLS Secret {secret}。",
            "{object}: TLS Secret {secret} for {hosts} does not exist.",
        ),
        cause=Text(
            "没有证书,HTTPS 会失败或出示默认证书。", "Without it HTTPS fails or shows a default certificate."
        ),
        find=_find_tls,
        needs=("Secret",),
        remedy=_tls_remedy,
    ),
    Rule(
        id="ingress-conflict",
        group="ingresses",
        kind="Ingress",
        severity="warning",
        title=Text("多个 Ingress 争用同一个主机和路径", "Several Ingresses claim the same host and path"),
        summary=Text("{object} 与 {others} 争用 {host}。", "{object} and {others} both claim {host}."),
        cause=Text(
            "它们把同一个地址指向不同的 Service,只有一个会生效。",
            "They lead one address to different Services; only one of them takes effect.",
        ),
        find=_find_conflict,
    ),
)

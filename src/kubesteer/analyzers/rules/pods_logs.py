"""Logs of suspects that name the cause themselves.

Words: Go's net package ("dial tcp: lookup x: no such host", "connect: connection refused"), libc's strerror
(ENOSPC, EACCES, ENOMEM), the JVM, Node.js (ECONNREFUSED, ENOTFOUND), Python, PostgreSQL, MySQL, Redis, MongoDB.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from kubesteer.analyzers.dependencies import dependencies, hosts
from kubesteer.analyzers.matches import Match, Remedy, Rule
from kubesteer.analyzers.near import near_ref
from kubesteer.analyzers.remedies import only_person, suggest
from kubesteer.analyzers.resources.networks import Service
from kubesteer.analyzers.resources.pods import ContainerStatus, Pod
from kubesteer.analyzers.rules.pods_crashes import NODE_FAULTS, crashing
from kubesteer.analyzers.rules.quotes import log_quote
from kubesteer.analyzers.world import World
from kubesteer.core.kinds import ROLLING
from kubesteer.core.refs import Ref
from kubesteer.core.texts import Text

LAST = 15
"""Lines from the end that may tell the cause: what stands before them did not end the process."""


@dataclass(frozen=True, slots=True)
class Clue:
    """Words that tell a cause, and what to say."""

    id: str
    pattern: re.Pattern[str]
    title: Text
    cause: Text


def _clue(name: str, words: str, title: Text, cause: Text) -> Clue:
    return Clue(f"log-{name}", re.compile(words, re.IGNORECASE), title, cause)


CLUES = (
    _clue(
        "unknown-host",
        r"no such host|ENOTFOUND|name or service not known|temporary failure in name resolution|EAI_AGAIN"
        r"|could not resolve host|could not translate host name|UnknownHostException|getaddrinfo"
        r"|nodename nor servname|bad address|server misbehaving|name does not resolve",
        Text("日志说解析不了主机名", "Log says that a host name does not resolve"),
        Text(
            "它要连接的主机 {host} 解析不了{hint}",
            "It wants to reach host {host}, which does not resolve{hint}",
        ),
    ),
    _clue(
        "connection-refused",
        r"connection refused|ECONNREFUSED|actively refused|could not connect to server|can't connect to"
        r"|connection failed|failed to connect|no route to host|EHOSTUNREACH|network is unreachable",
        Text("日志说连不上依赖", "Log says that a dependency refuses connections"),
        Text("它连不上 {host}{hint}", "It cannot connect to {host}{hint}"),
    ),
    _clue(
        "connection-timeout",
        r"i/o timeout|connection timed out|connect timeout|ETIMEDOUT|dial tcp .*timeout|context deadline exceeded"
        r"|connecttimeout|timed out (?:connecting|waiting for)",
        Text("日志说连接依赖超时", "Log says that a dependency does not answer"),
        Text("它连接 {host} 超时{hint}", "Connections to {host} time out{hint}"),
    ),
    _clue(
        "authentication",
        r"authentication failed|access denied for user|password authentication|invalid (?:username|password|credentials)"
        r"|wrongpass|noauth|auth(?:entication)? error|not authorized on|login failed|SCRAM.*failed|401 unauthorized",
        Text("日志说认证失败", "Log says that authentication failed"),
        Text(
            "它的用户名、密码或令牌不被接受:{words}",
            "Its user name, password or token is not accepted: {words}",
        ),
    ),
    _clue(
        "certificate",
        r"certificate (?:has expired|is not yet valid)|x509:|certificate verify failed|CERT_HAS_EXPIRED"
        r"|unable to get local issuer|PKIX path|tls: (?:bad|unknown) certificate|SSLHandshakeException",
        Text("日志说证书无效", "Log says that a certificate is not valid"),
        Text("TLS 证书无效或已过期:{words}", "A TLS certificate is not valid or has expired: {words}"),
    ),
    _clue(
        "disk-full",
        r"no space left on device|ENOSPC|disk quota exceeded|disk full",
        Text("日志说磁盘已满", "Log says that a disk is full"),
        Text("它写不进磁盘:{words}", "It cannot write to its disk: {words}"),
    ),
    _clue(
        "memory",
        r"OutOfMemoryError|heap out of memory|cannot allocate memory|ENOMEM|std::bad_alloc|MemoryError\b",
        Text("日志说内存不足", "Log says that it is out of memory"),
        Text("进程申请不到内存:{words}", "The process cannot allocate memory: {words}"),
    ),
    _clue(
        "port-in-use",
        r"address already in use|EADDRINUSE|port is already allocated",
        Text("日志说端口已被占用", "Log says that a port is taken"),
        Text("它要监听的端口已被占用:{words}", "The port that it wants to listen on is taken: {words}"),
    ),
    _clue(
        "permission",
        r"permission denied|EACCES|operation not permitted|EPERM|read-only file system|EROFS",
        Text("日志说没有权限", "Log says that permission is denied"),
        Text("操作系统拒绝了它的访问:{words}", "The operating system refuses it access: {words}"),
    ),
    _clue(
        "configuration",
        r"(?:missing|required|undefined|unset|not set).{0,60}\b(?:env|environment|variable|config|setting)"
        r"|(?:env|environment|variable|config(?:uration)?|setting)\b.{0,60}(?:missing|required|not set|undefined|not found|invalid|is empty)"
        r"|no such file or directory|FileNotFoundError|ENOENT|KeyError: '?[A-Z_]{3,}|ModuleNotFoundError|Cannot find module"
        r"|invalid configuration|failed to (?:parse|load|read).{0,40}config|unknown (?:flag|option|directive)|emerg\]",
        Text("日志说配置有误或缺失", "Log says that configuration is wrong or missing"),
        Text(
            "它的配置、文件或环境变量有误或缺失:{words}",
            "Its configuration, a file or a variable is wrong or missing: {words}",
        ),
    ),
)
"""In the order of trust; the last line of the log that fits any of them decides."""

NETWORK = ("log-unknown-host", "log-connection-refused", "log-connection-timeout")
LOOKUP = re.compile(
    r"""lookup ([\w.-]+)|ENOTFOUND ([\w.-]+)|EAI_AGAIN ([\w.-]+)|resolve host:? '?([\w.-]+)|translate host name "([\w.-]+)"
    |UnknownHostException: ([\w.-]+)|host(?:name)?[=: ]+["']?([\w.-]+)|bad address '([\w.-]+)'""",
    re.IGNORECASE | re.VERBOSE,
)
LOCAL = re.compile(r"\b(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1\])")


def clue_in(lines: tuple[str, ...]) -> tuple[Clue, str] | None:
    """The clue of the last line that holds one. Network clues that name nobody give way to those that do."""
    for line in reversed(lines[-LAST:]):
        for clue in CLUES:
            if clue.pattern.search(line) and not (clue.id in NETWORK and LOCAL.search(line)):
                return clue, line
    return None


def _concerned(world: World) -> Iterator[tuple[Pod, ContainerStatus, tuple[str, ...]]]:
    """Containers whose logs were read and that are in trouble: one pod of each owner."""
    for (owner, container), lines in world.logs.items():
        found = (
            (pod, status)
            for pod in world.pods_of(owner)
            for status in pod.statuses
            if status.name == container and _sick(pod, status)
        )
        first = next(found, None)
        if first is not None:
            yield *first, lines


def _sick(pod: Pod, status: ContainerStatus) -> bool:
    return crashing(status) or not status.ready or status.restart_count > 0 or not pod.ready


def _find(world: World, clue: Clue) -> Iterator[Match]:
    for pod, status, lines in _concerned(world):
        told = clue_in(lines)
        if told is not None and told[0] is clue:
            yield _match(world, pod, status, clue, told[1])


def _match(world: World, pod: Pod, status: ContainerStatus, clue: Clue, line: str) -> Match:
    service = named_service(world, pod, line) if clue.id in NETWORK else None
    links: tuple[Ref, ...] = (Ref("Node", "", pod.spec.node_name),)
    if service is not None:
        links += (service, *behind(world, service))
    host = str(service.name) if service else _lookup(line)
    return Match(
        object=world.top(pod),
        subject=pod.ref,
        container=status.name,
        values={
            "words": line.strip()[:300],
            "host": host or Text("一个依赖", "a dependency"),
            "hint": hint(world, service, clue),
            "service": f"{service.namespace}/{service.name}" if service else "",
        },
        evidence=(log_quote(line),),
        links=links,
        since=world.began(pod, "BackOff", "Unhealthy"),
    )


def named_service(world: World, pod: Pod, line: str) -> Ref | None:
    """The Service that a line of log means: by name with a port, by a looked-up name, or by its cluster IP."""
    for ref, _, _ in hosts(line, pod.namespace):
        if ref.name not in ("localhost",) and not ref.name.isdigit():
            return ref
    name = _lookup(line)
    if name:
        parts = name.split(".")
        if len(parts) == 1 or (len(parts) > 2 and parts[2] == "svc"):
            return Ref("Service", parts[1] if len(parts) > 1 else pod.namespace, parts[0])
    return next((s.ref for s in world.of(Service) if _has_address(s, line)), None)


def _lookup(line: str) -> str:
    found = LOOKUP.search(line)
    return next((group for group in found.groups() if group), "").rstrip(".") if found else ""


def _has_address(service: Service, line: str) -> bool:
    address = service.spec.cluster_ip
    return bool(address) and address != "None" and f"{address}:" in line


def behind(world: World, service: Ref) -> tuple[Ref, ...]:
    """The workloads whose pods a Service selects, also those scaled to zero."""
    found = world.get(Service, service.namespace, service.name)
    if found is None or not found.spec.selector:
        return ()
    wanted = found.spec.selector.items()
    return tuple(
        owner.ref for owner, t in world.templates_in(found.namespace) if wanted <= t.metadata.labels.items()
    )


def hint(world: World, service: Ref | None, clue: Clue) -> Text:
    """What the cluster knows of the host."""
    if (
        service is None
        or not world.saw("Service")
        or (world.namespace and service.namespace != world.namespace)
    ):
        return Text("。", ".")
    if world.exists(service):
        if clue.id == "log-unknown-host":
            return Text(
                "(这个 Service 存在:检查集群 DNS 与出站网络策略)。",
                " (that Service exists: look at cluster DNS and egress policies).",
            )
        return Text("。", ".")
    near = near_ref(world, service)
    if near is not None:
        return Text(
            f":没有 Service {service.name},名字相近的是 {near.name}。",
            f": there is no Service {service.name}; {near.name} is nearly the same name.",
        )
    return Text(f":没有 Service {service.name}。", f": there is no Service {service.name}.")


# -- remedies ------------------------------------------------------------------------------------------------


def _remedy(world: World, match: Match, clue: str) -> Remedy:
    if clue in NETWORK:
        fixed = corrected_host(world, match)
        if fixed is not None:
            return fixed
        return only_person(
            f"需要确认它应该连接的地址;现在用的是 {_host(match)}。",
            f"It must be told the right address; it uses {_host(match)} now.",
        )
    if clue == "log-authentication":
        return only_person(
            "需要有效的用户名、密码或令牌;只有人知道。",
            "Valid credentials are needed; only a person knows them.",
        )
    return Remedy()


def _host(match: Match) -> str:
    host = match.values.get("host", "")
    return host if isinstance(host, str) else "-"


def corrected_host(world: World, match: Match) -> Remedy | None:
    """The variable that names a Service which does not exist, set to the one that was probably meant."""
    namespace, _, name = str(match.values.get("service", "")).partition("/")
    wrong = Ref("Service", namespace, name)
    template = world.template_of(match.object)
    if not name or template is None or match.object.kind not in ROLLING or world.exists(wrong):
        return None
    near = near_ref(world, wrong)
    if near is None or not world.saw("Service"):
        return None
    for each in dependencies(world, match.object.namespace, template.spec):
        if each.service == wrong and each.variable:
            value = each.value.replace(wrong.name, near.name, 1)
            return Remedy(
                (
                    suggest(
                        "set_env", match.object, container=each.container, variable=each.variable, value=value
                    ),
                )
            )
    return None


RULES = tuple(
    Rule(
        id=clue.id,
        group="log-causes",
        kind="Pod",
        severity="warning",
        outage=True,
        rollback=True,
        title=clue.title,
        summary=Text("{object} 的容器 {container} 有故障,", "{object}: container {container} is in trouble; ")
        + Text(clue.title.zh + "。", clue.title.en[0].lower() + clue.title.en[1:] + "."),
        cause=clue.cause,
        find=partial(_find, clue=clue),
        remedy=partial(_remedy, clue=clue.id),
        causes=frozenset({"oom-killed", "rbac-denied", "bad-command"})
        | (frozenset({"dependencies"}) if clue.id in NETWORK else frozenset()),
        remote_causes=NODE_FAULTS
        | (
            frozenset({"pods", "workloads", "services", "policies", "creation", "log-causes"})
            if clue.id in NETWORK
            else frozenset()
        ),
    )
    for clue in CLUES
)

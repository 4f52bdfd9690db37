"""What a person is told about each answer of the API server, and what they can do."""

from __future__ import annotations

import re

from kubesteer.adapters.kubernetes.attempts import Attempt
from kubesteer.core.errors import Unavailable
from kubesteer.core.roles import remedy_by, role_for
from kubesteer.core.texts import Text

Wording = tuple[Text, Text | None]
"""A sentence and its remedy."""

_DENIED = re.compile(r'User "(?P<user>[^"]*)" cannot (?P<verb>\S+) (?:resource|path) ')

# What stands between an API server and a container's log.
_UNREACHED = re.compile(r'Get "https://[^"]+/containerLogs/[^"]+": ')

_CONTAINERS = (
    (
        re.compile(r"a container name must be specified for pod (\S+), choose one of: \[([^\]]*)\]"),
        "Pod {0} 有多个容器,需要指明哪一个:{1}。",
        "Pod {0} has several containers; say which one: {1}.",
    ),
    (
        re.compile(r"container (\S+) is not valid for pod (\S+)"),
        "Pod {1} 里没有容器 {0}。",
        "Pod {1} has no container {0}.",
    ),
    (
        re.compile(r'previous terminated container "([^"]*)" in pod "([^"]*)" not found'),
        "Pod {1} 的容器 {0} 没有上一次运行的日志:它还没有重启过,或日志已被清理。",
        "Container {0} of pod {1} has no previous log: it has not restarted, or the log is gone.",
    ),
    (
        re.compile(r'container "([^"]*)" in pod "([^"]*)" is waiting to start: (.*)'),
        "Pod {1} 的容器 {0} 还没有启动,因此没有日志:{2}。",
        "Container {0} of pod {1} has not started, so there is no log: {2}.",
    ),
)
"""What the API server (pkg/registry/core/pod/strategy.go) and the kubelet say where a log cannot be had."""


def cleaned(words: str, longest: int = 600) -> str:
    """A server's words, fit for a terminal: no control characters, one line, not endless."""
    line = " ".join("".join(char if char.isprintable() else " " for char in words).split())
    return line if len(line) <= longest else f"{line[:longest]}…"


def unauthenticated(said: str) -> Wording:
    """401."""
    return (
        Text(
            f"集群不接受我们的凭据({cleaned(said) or '401'})。",
            f"The cluster does not accept our credentials ({cleaned(said) or '401'}).",
        ),
        Text(
            "凭据可能已过期:请重新登录,或更新 kubeconfig 里的用户、--token。",
            "They may have expired: log in again, or renew the user in the kubeconfig or --token.",
        ),
    )


def forbidden(attempt: Attempt, said: str) -> Wording:
    """403: by RBAC, with the Role that would help; or by an admission rule, which no Role lifts."""
    denied = _DENIED.search(said)
    if not denied and said and "forbidden: User" not in said:
        return (
            _about(attempt, said, "集群不允许", "The cluster does not allow"),
            Text(
                "这不是权限问题,而是集群的准入规则(配额、安全策略或 webhook)拒绝了它。",
                "This is not a matter of rights: an admission rule (quota, security policy, webhook) refused it.",
            ),
        )
    user = denied["user"] if denied else ""
    what = attempt.describe()
    return (
        Text(
            f"没有权限:{user or '当前用户'} 不能 {what.zh}。",
            f"Not allowed: {user or 'we'} may not {what.en}.",
        ),
        remedy_by(role_for(attempt.grant, user)),
    )


def not_found(attempt: Attempt, resource: str, name: str) -> Wording:
    """404 of an object; it may be another one than was asked for, such as the namespace."""
    own = attempt.kind is not None and resource in (attempt.kind.plural, "", attempt.kind.name)
    called = attempt.kind.name if own and attempt.kind else resource
    where = f" {attempt.namespace}/{name}" if own and attempt.namespace else f" {name}"
    return Text(f"{called}{where} 不存在。", f"{called}{where} does not exist."), None


def conflict(attempt: Attempt, reason: str, said: str) -> Wording:
    """409: it exists already, another manager owns the field, or it changed in between."""
    if reason == "AlreadyExists":
        return _about(attempt, said, "已存在,未重复创建", "It exists already, nothing was created"), None
    if said.startswith("Apply failed with"):
        return (
            _about(
                attempt, said, "其他管理者拥有这些字段,未执行", "Others manage these fields, nothing was done"
            ),
            Text("确实要接管请加上 force。", "To take them over, say force."),
        )
    return (
        _about(attempt, said, "对象在此期间被改动,未执行", "The object changed in between, nothing was done"),
        Text("请重新查看后再决定。", "Look at it again, then decide."),
    )


def replaced(attempt: Attempt) -> Wording:
    """The object of that name is not the one that was looked at."""
    return conflict(attempt, "Conflict", f"{attempt.resource} “{attempt.name}”: metadata.uid")


def invalid(attempt: Attempt, said: str, causes: list[str]) -> Wording:
    """400 and 422, with the server's own causes."""
    for pattern, zh, en in _CONTAINERS:
        found = pattern.search(said)
        if found:
            words = [cleaned(group, 200) for group in found.groups()]
            return Text(zh.format(*words), en.format(*words)), None
    listed = "".join(f"\n  {cleaned(cause)}" for cause in causes[:20])
    return _about(attempt, said, "集群拒绝了请求的内容", "The cluster rejects the content") + Text.same(
        listed
    ), None


def throttled(attempt: Attempt, said: str, budget: bool) -> Wording:
    """429: too many requests, or a PodDisruptionBudget."""
    if budget:
        return (
            _about(
                attempt,
                said,
                "PodDisruptionBudget 暂不允许驱逐",
                "A PodDisruptionBudget holds the eviction back",
            ),
            Text(
                "等其他副本恢复健康后再试,或检查该 PodDisruptionBudget。",
                "Try again when the other replicas are healthy, or look at the PodDisruptionBudget.",
            ),
        )
    return (
        _about(attempt, said, "集群要求放慢请求(429)", "The cluster asks to slow down (429)"),
        Text("请稍后再试。", "Try again in a moment."),
    )


def unavailable(attempt: Attempt, said: str, status: int) -> Wording:
    """5xx, and 410 for history that the server no longer keeps."""
    if status == 410:
        return (
            _about(attempt, said, "服务器已不保留那个版本", "The server no longer keeps that version"),
            Text("请重新读取。", "Read it again."),
        )
    if _UNREACHED.search(said):
        return (
            _about(
                attempt,
                said,
                "API 服务器连不上节点上的 kubelet",
                "The API server cannot reach the node's kubelet",
            ),
            Text(
                "请检查该节点是否正常,以及控制面到节点 10250 端口的网络。",
                "See whether the node is well, and the network from the control plane to its port 10250.",
            ),
        )
    return (
        _about(
            attempt, said, f"集群暂时无法处理({status})", f"The cluster cannot answer just now ({status})"
        ),
        Text("请稍后再试;若持续出现,请检查控制面。", "Try again; if it stays, look at the control plane."),
    )


def unsupported(attempt: Attempt, said: str) -> Wording:
    """The API is not there; for metrics, how to get it."""
    group = attempt.group or "core"
    text = Text(
        f"集群不提供这个 API:{attempt.resource}({group})。",
        f"The cluster does not serve this API: {attempt.resource} ({group}).",
    )
    if group == "metrics.k8s.io":
        return text, Text(
            "CPU 与内存用量需要安装 metrics-server。",
            "CPU and memory usage need metrics-server to be installed.",
        )
    return text, Text.same(cleaned(said)) if said else None


def not_kubernetes(status: int, words: str) -> Unavailable:
    """An answer that no API server gives."""
    if "HTTP request to an HTTPS server" in words:
        return Unavailable(
            Text(
                "服务器要求 HTTPS,而地址是 http://。", "The server wants HTTPS, but the address is http://."
            ),
            Text("请把地址改为 https://。", "Use https:// in the address."),
            status=status,
        )
    shown = f"{status} {words[:80]}".strip()
    return Unavailable(
        Text(
            f"那个地址上的不像是 Kubernetes API 服务器:{shown}。",
            f"What answers at that address does not look like a Kubernetes API server: {shown}.",
        ),
        Text("请检查服务器地址、端口与路径。", "Check the server's address, port and path."),
        status=status,
    )


def redirected(target: str, status: int) -> Unavailable:
    """3xx: an API server does not redirect, a login page does; credentials are not carried elsewhere."""
    where = cleaned(target, 200)
    return Unavailable(
        Text(
            f"服务器把请求转到 {where},没有跟随。", f"The server redirects to {where}; that was not followed."
        ),
        Text("请检查地址;中间可能有登录网关。", "Check the address; a login gateway may stand in between."),
        status=status,
    )


def _about(attempt: Attempt, said: str, zh: str, en: str) -> Text:
    words = cleaned(said)
    what = attempt.describe()
    return Text(f"{zh}:{words or what.zh}。", f"{en}: {words or what.en}.")

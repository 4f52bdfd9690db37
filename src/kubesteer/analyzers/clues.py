"""Lines of logs that name a cause, and the host that they name.

Words: Go's net package ("dial tcp: lookup x: no such host", "connect: connection refused"), libc's strerror
(ENOSPC, EACCES, ENOMEM), the JVM, Node.js (ECONNREFUSED, ENOTFOUND), Python, PostgreSQL, MySQL, Redis, MongoDB.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

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
            "它的用户名、密码或令牌不被接受(“{words}”)",
            "Its user name, password or token is not accepted (“{words}”)",
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


def looked_up(line: str) -> str:
    """The host that a line says was looked up; "" where it says none."""
    found = LOOKUP.search(line)
    return next((group for group in found.groups() if group), "").rstrip(".") if found else ""

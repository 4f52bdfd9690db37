"""How to reach a cluster: flags, kubeconfig, or the service account that a pod runs under."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import urlsplit

from kubesteer.adapters.kubernetes.credentials import (
    Credential,
    CredentialSource,
    FixedCredential,
    TokenFile,
    read_file,
)
from kubesteer.adapters.kubernetes.kubeconfigs import Kubeconfig, read_kubeconfigs
from kubesteer.adapters.kubernetes.proxies import is_loopback, proxy_for
from kubesteer.adapters.kubernetes.trust import Trust
from kubesteer.adapters.kubernetes.users import credentials_of, impersonation_of
from kubesteer.core.errors import Misconfigured
from kubesteer.core.names import checked_namespace
from kubesteer.core.texts import Text, join

SERVICE_ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount")
"""Where a pod finds its token (Kubernetes documentation, "Accessing the Kubernetes API from a Pod")."""


@dataclass(frozen=True, slots=True)
class Connection:
    """Everything needed to speak to one API server. `namespace` is "" where nothing names one; `origin`
    says where the connection was found; `headers` carry impersonation."""

    server: str
    credentials: CredentialSource = field(default_factory=FixedCredential)
    trust: Trust = field(default_factory=Trust)
    namespace: str = ""
    context: str = ""
    proxy: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    compress: bool = True
    origin: str = "flags"


@dataclass(frozen=True, slots=True)
class Options:
    """The flags that kubectl has too; "" is a flag that was not given."""

    kubeconfig: str = ""
    context: str = ""
    namespace: str = ""
    server: str = ""
    token: str = field(default="", repr=False)
    certificate_authority: str = ""
    insecure_skip_tls_verify: bool = False
    tls_server_name: str = ""


def find_connection(
    options: Options, environ: Mapping[str, str] | None = None, service_account: Path = SERVICE_ACCOUNT
) -> Connection:
    """Flags first, then the kubeconfig, then the service account.

    `--server` alone takes nothing from the kubeconfig, so that its credentials never go to another server by
    accident; with `--context` or `--kubeconfig` beside it, it replaces the address only, as with kubectl.

    Raises:
        Misconfigured: there is none, or what there is makes no sense.
    """
    environ = os.environ if environ is None else environ
    if options.server and not (options.context or options.kubeconfig):
        found = Connection(options.server)
    else:
        files = _files(options, environ)
        kubeconfig = read_kubeconfigs(files)
        if kubeconfig is not None and (kubeconfig.contexts or options.context):
            found = _from_kubeconfig(kubeconfig, options, environ)
        elif environ.get("KUBERNETES_SERVICE_HOST") and not options.context:
            found = _in_cluster(environ, service_account)
        else:
            raise _nowhere(options, files)
    connection = _checked(_overridden(found, options), bool(options.token))
    return replace(connection, proxy=connection.proxy or proxy_for(connection.server, environ))


def _files(options: Options, environ: Mapping[str, str]) -> list[Path]:
    if options.kubeconfig:
        path = Path(options.kubeconfig).expanduser()
        if not path.is_file():
            raise Misconfigured(_unfit(path), Text("请检查 --kubeconfig。", "Check --kubeconfig."))
        return [path]
    listed = [name for name in environ.get("KUBECONFIG", "").split(os.pathsep) if name]
    home = environ.get("HOME") or environ.get("USERPROFILE") or str(Path.home())
    return [Path(name).expanduser() for name in listed] or [Path(home, ".kube", "config")]


def _from_kubeconfig(kubeconfig: Kubeconfig, options: Options, environ: Mapping[str, str]) -> Connection:
    name, context = kubeconfig.context(options.context)
    cluster, user = kubeconfig.cluster(context), kubeconfig.user(context)
    trust = Trust(
        cluster.content("certificate-authority"),
        bool(cluster.body.get("insecure-skip-tls-verify")),
        cluster.word("tls-server-name"),
    )
    return Connection(
        server=cluster.word("server"),
        credentials=FixedCredential()
        if options.token
        else credentials_of(name, cluster, user, trust, environ),
        trust=trust,
        namespace=context.word("namespace"),
        context=name,
        proxy=cluster.word("proxy-url"),
        headers=impersonation_of(user),
        compress=not cluster.body.get("disable-compression"),
        origin=os.pathsep.join(str(path) for path in kubeconfig.files),
    )


def _in_cluster(environ: Mapping[str, str], folder: Path) -> Connection:
    host, port = environ["KUBERNETES_SERVICE_HOST"], environ.get("KUBERNETES_SERVICE_PORT", "443")
    namespace = folder / "namespace"
    return Connection(
        server=f"https://{f'[{host}]' if ':' in host else host}:{port}",
        credentials=TokenFile(folder / "token"),
        trust=Trust(read_file(folder / "ca.crt")),
        namespace=read_file(namespace).decode().strip() if namespace.is_file() else "",
        context="in-cluster",
        origin=str(folder),
    )


def _overridden(found: Connection, options: Options) -> Connection:
    trust = found.trust
    if options.certificate_authority:
        trust = replace(trust, authority=read_file(Path(options.certificate_authority).expanduser()))
    trust = replace(
        trust,
        insecure=trust.insecure or options.insecure_skip_tls_verify,
        server_name=options.tls_server_name or trust.server_name,
    )
    server = options.server or found.server
    server = (server if "://" in server or not server else f"https://{server}").rstrip("/")
    token = Credential.bearer(options.token) if options.token else None
    return replace(
        found,
        server=server,
        trust=trust,
        namespace=checked_namespace(options.namespace) if options.namespace else found.namespace,
        credentials=FixedCredential(token) if token else found.credentials,
    )


def _checked(connection: Connection, token_given: bool) -> Connection:
    try:
        url = urlsplit(connection.server)
        usable = url.scheme in ("http", "https") and bool(url.hostname) and url.port != 0
    except ValueError:
        usable = False
    if not usable or url.query or url.fragment or url.username:
        raise Misconfigured(
            Text(
                f"“{connection.server}”不是 API 服务器的地址。",
                f"“{connection.server}” is not the address of an API server.",
            ),
            Text("应形如 https://主机:6443。", "It should look like https://host:6443."),
        )
    anonymous = connection.credentials == FixedCredential()
    if url.scheme == "http" and not (anonymous or token_given or is_loopback(url.hostname or "")):
        raise Misconfigured(
            Text(
                f"不会把凭据明文发给 {url.hostname}:地址是 http://。",
                f"Credentials are not sent to {url.hostname} in the clear: the address is http://.",
            ),
            Text(
                "请改用 https://,或用 --token 明确要求。",
                "Use https://, or insist by giving the token with --token.",
            ),
        )
    return connection


def _unfit(path: Path) -> Text:
    """What is wrong with a path from which no context came."""
    if path.is_dir():
        return Text(f"{path} 是目录,不是文件。", f"{path} is a directory, not a file.")
    if path.is_file():
        return Text(f"{path} 里没有任何上下文。", f"{path} holds no contexts.")
    return Text(f"没有文件 {path}。", f"There is no file {path}.")


def _nowhere(options: Options, files: Sequence[Path]) -> Misconfigured:
    asked = f" (--context {options.context})" if options.context else ""
    lead = Text(
        f"不知道要连哪个集群{asked}:没有可用的 kubeconfig。",
        f"No cluster to talk to{asked}: no kubeconfig is usable. ",
    )
    return Misconfigured(
        lead + join([_unfit(path) for path in files]),
        Text(
            "请设置 KUBECONFIG、用 --kubeconfig 指定文件,或给出 --server 与 --token;"
            "手边没有集群时可以运行 kubesteer simulate。",
            "Set KUBECONFIG, name a file with --kubeconfig, or give --server and --token; "
            "with no cluster at hand, run kubesteer simulate.",
        ),
    )

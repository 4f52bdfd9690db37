"""Which cluster we speak to, and as whom: flags, kubeconfig, a pod's service account."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest
import yaml

from kubesteer.adapters.kubernetes import credentials
from kubesteer.adapters.kubernetes.connections import Connection, Options, find_connection
from kubesteer.adapters.kubernetes.credentials import TokenFile
from kubesteer.adapters.kubernetes.transports import http_client
from kubesteer.core.errors import Misconfigured, Unusable


def entry(kind: str, name: str, **body: Any) -> dict[str, Any]:
    """A named entry of a kubeconfig."""
    return {"name": name, kind: body}


def kubeconfig(path: Path, current: str = "dev", **user: Any) -> Path:
    """A kubeconfig with contexts dev and prod; `user` is dev's."""
    content = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": current,
        "clusters": [
            entry("cluster", "c-dev", server="https://dev.test:6443"),
            entry("cluster", "c-prod", server="https://prod.test", **{"tls-server-name": "inner.test"}),
        ],
        "users": [
            entry("user", "u-dev", **(user or {"token": "t-dev"})),
            entry("user", "u-prod", token="t-prod"),
        ],
        "contexts": [
            entry("context", "dev", cluster="c-dev", user="u-dev", namespace="team"),
            entry("context", "prod", cluster="c-prod", user="u-prod"),
        ],
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    return path


def found(path: Path, **options: Any) -> Connection:
    """What is found where KUBECONFIG names one file."""
    return find_connection(Options(**options), {"KUBECONFIG": str(path)})


async def header(connection: Connection) -> str:
    """The Authorization header of the moment."""
    return (await connection.credentials.current()).authorization


async def test_the_current_context(tmp_path: Path) -> None:
    dev = found(kubeconfig(tmp_path / "config"))
    assert (dev.server, dev.context, dev.namespace) == ("https://dev.test:6443", "dev", "team")
    assert await header(dev) == "Bearer t-dev"
    assert dev.origin == str(tmp_path / "config")


async def test_another_context_brings_its_own_user_and_trust(tmp_path: Path) -> None:
    prod = found(kubeconfig(tmp_path / "config"), context="prod", namespace="shop")
    assert (prod.server, prod.context, prod.namespace) == ("https://prod.test", "prod", "shop")
    assert await header(prod) == "Bearer t-prod"
    assert prod.trust.server_name == "inner.test"


def test_a_context_that_is_not_there_lists_those_that_are(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured) as caught:
        found(kubeconfig(tmp_path / "config"), context="prdo")
    assert "prdo" in caught.value.say("zh")
    assert "dev, prod" in caught.value.say("zh")
    assert "dev, prod" in caught.value.say("en")


def test_no_current_context(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="sets no current-context"):
        found(kubeconfig(tmp_path / "config", current=""))


def test_no_kubeconfig_at_all(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured) as caught:
        find_connection(Options(), {"HOME": str(tmp_path)})
    assert "kubeconfig" in caught.value.say("zh")
    assert "kubesteer simulate" in caught.value.say("en")


@pytest.mark.parametrize("content", ["{}", "", "contexts: []"])
def test_a_file_without_contexts_is_named(tmp_path: Path, content: str) -> None:
    path = tmp_path / "config"
    path.write_text(content, encoding="utf-8")
    for options in ({}, {"kubeconfig": str(path)}):
        with pytest.raises(Misconfigured) as caught:
            found(path, **options)
        assert f"{path} holds no contexts" in caught.value.say("en")
        assert str(path) in caught.value.say("zh")


def test_files_that_are_not_there_are_named_each(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    with pytest.raises(Misconfigured) as caught:
        find_connection(Options(), {"KUBECONFIG": f"{gone}:{tmp_path}"})
    assert f"There is no file {gone}." in caught.value.say("en")
    assert f"{tmp_path} is a directory" in caught.value.say("en")


def test_a_directory_is_no_kubeconfig(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="is a directory"):
        find_connection(Options(kubeconfig=str(tmp_path)), {})


def test_the_name_in_the_certificate_can_be_told(tmp_path: Path) -> None:
    path = kubeconfig(tmp_path / "config")
    assert found(path, tls_server_name="other.test").trust.server_name == "other.test"


def test_the_file_under_home_is_the_default(tmp_path: Path) -> None:
    kubeconfig(tmp_path / ".kube" / "config")
    assert find_connection(Options(), {"HOME": str(tmp_path)}).context == "dev"


def test_a_file_that_is_named_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="There is no file"):
        find_connection(Options(kubeconfig=str(tmp_path / "gone")), {})


async def test_several_files_merge_and_the_first_wins(tmp_path: Path) -> None:
    first = kubeconfig(tmp_path / "first", current="prod", token="t-first")
    second = kubeconfig(tmp_path / "second", current="dev", token="t-second")
    environ = {"KUBECONFIG": f"{first}:{tmp_path / 'absent'}:{second}"}
    assert find_connection(Options(), environ).context == "prod"
    assert await header(find_connection(Options(context="dev"), environ)) == "Bearer t-first"


async def test_relative_paths_count_from_their_file(tmp_path: Path) -> None:
    path = kubeconfig(tmp_path / "sub" / "config", tokenFile="secret/token")
    (tmp_path / "sub" / "secret").mkdir()
    (tmp_path / "sub" / "secret" / "token").write_text("t-file\n", encoding="utf-8")
    assert await header(found(path)) == "Bearer t-file"


@pytest.mark.parametrize(
    "content",
    [
        "{broken",
        "just words",
        "- a list",
        "clusters: {}\ncontexts: [{name: x}]\ncurrent-context: x",
        "\x00\x01",
        "a: &a [*a]\nclusters: *a",
    ],
)
def test_a_file_that_is_no_kubeconfig(tmp_path: Path, content: str) -> None:
    path = tmp_path / "config"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(Misconfigured) as caught:
        found(path)
    assert "kubeconfig" in caught.value.say("zh")


@pytest.mark.parametrize("missing", ["cluster", "user"])
def test_a_context_that_points_at_nothing(tmp_path: Path, missing: str) -> None:
    path = kubeconfig(tmp_path / "config")
    path.write_text(path.read_text().replace(f"{missing}: {missing[0]}-dev", f"{missing}: ghost"))
    with pytest.raises(Misconfigured, match="ghost"):
        found(path)


def test_data_that_is_not_base64(tmp_path: Path) -> None:
    path = kubeconfig(tmp_path / "config", **{"client-certificate-data": "a"})
    with pytest.raises(Misconfigured, match="not base64"):
        found(path)


async def test_in_a_pod(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("t-pod", encoding="utf-8")
    (tmp_path / "ca.crt").write_text("PEM", encoding="utf-8")
    (tmp_path / "namespace").write_text("agents", encoding="utf-8")
    environ = {"KUBERNETES_SERVICE_HOST": "fd00::1", "KUBERNETES_SERVICE_PORT": "8443", "HOME": str(tmp_path)}
    pod = find_connection(Options(), environ, tmp_path)
    assert (pod.server, pod.namespace, pod.trust.authority) == ("https://[fd00::1]:8443", "agents", b"PEM")
    assert await header(pod) == "Bearer t-pod"


def test_a_pod_without_a_token_folder_says_so(tmp_path: Path) -> None:
    environ = {"KUBERNETES_SERVICE_HOST": "10.0.0.1", "HOME": str(tmp_path)}
    with pytest.raises(Misconfigured, match=r"ca\.crt"):
        find_connection(Options(), environ, tmp_path)


async def test_a_token_file_is_read_again_after_a_minute_or_a_refusal(tmp_path: Path) -> None:
    path, now = tmp_path / "token", [0.0]
    source = TokenFile(path, clock=lambda: now[0])
    seen = []
    for wait, renew in ((0.0, False), (1.0, False), (1.0, True), (credentials.TOKEN_FILE_SECONDS + 1, False)):
        path.write_text(f"t-{len(seen)}", encoding="utf-8")
        now[0] += wait
        seen.append((await source.current(renew=renew)).authorization)
    assert seen == ["Bearer t-0", "Bearer t-0", "Bearer t-2", "Bearer t-3"]


async def test_a_server_by_flag_takes_no_credentials_from_the_kubeconfig(tmp_path: Path) -> None:
    path = kubeconfig(tmp_path / "config")
    plain = found(path, server="https://elsewhere.test")
    assert (plain.server, plain.namespace, await header(plain)) == ("https://elsewhere.test", "", "")


async def test_a_server_beside_a_context_replaces_the_address_alone(tmp_path: Path) -> None:
    path = kubeconfig(tmp_path / "config")
    tunnel = found(path, server="https://127.0.0.1:9", context="prod")
    assert (tunnel.server, await header(tunnel)) == ("https://127.0.0.1:9", "Bearer t-prod")


async def test_server_and_token_by_flag() -> None:
    connection = find_connection(Options(server="10.0.0.1:6443/", token="t"), {})
    assert (connection.server, await header(connection)) == ("https://10.0.0.1:6443", "Bearer t")


def test_behind_kubectl_proxy_no_credentials_are_needed() -> None:
    assert find_connection(Options(server="http://127.0.0.1:8001"), {}).server == "http://127.0.0.1:8001"


@pytest.mark.parametrize(
    "server",
    [
        "ftp://x",
        "https://",
        "http://",
        "https://u:p@x",
        "https://x?a=b",
        "https://x#y",
        "https://x:99999",
        "https://[::1",
        "https://x:0",
    ],
)
def test_what_is_no_address(server: str) -> None:
    with pytest.raises(Misconfigured) as caught:
        find_connection(Options(server=server), {})
    assert "https://" in caught.value.say("zh")


def test_credentials_do_not_travel_in_the_clear(tmp_path: Path) -> None:
    path = kubeconfig(tmp_path / "config")
    path.write_text(path.read_text().replace("https://dev.test", "http://dev.test"))
    with pytest.raises(Misconfigured, match="in the clear"):
        found(path)
    assert found(path, token="insisted").server == "http://dev.test:6443"


def test_a_flag_names_the_authority(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_bytes(b"PEM")
    options = {"server": "https://x", "certificate_authority": str(tmp_path / "ca.pem")}
    assert find_connection(Options(**options), {}).trust.authority == b"PEM"
    with pytest.raises(Misconfigured, match="Cannot read"):
        find_connection(Options(**options | {"certificate_authority": str(tmp_path / "no.pem")}), {})


def test_an_authority_that_is_no_certificate() -> None:
    connection = find_connection(Options(server="https://x"), {})
    broken = Connection(connection.server, trust=type(connection.trust)(b"nonsense"))
    with pytest.raises(Misconfigured, match="not usable PEM"):
        http_client(broken, None)


@pytest.mark.parametrize("token", ["two\nlines", "with space", "全角", "nul\x00"])
async def test_a_token_that_no_header_can_carry(token: str) -> None:
    with pytest.raises(Misconfigured) as caught:
        find_connection(Options(server="https://x", token=token), {})
    assert token not in caught.value.say("en")


def test_the_token_shows_in_no_repr(tmp_path: Path) -> None:
    shown = repr(find_connection(Options(server="https://x", token="s3cret"), {})) + repr(
        Options(token="s3cret")
    )
    assert "s3cret" not in shown
    assert "t-dev" not in repr(found(kubeconfig(tmp_path / "config")))


async def test_name_and_password(tmp_path: Path) -> None:
    path = kubeconfig(tmp_path / "config", username="ops", password="p:w")
    assert await header(found(path)) == "Basic " + base64.b64encode(b"ops:p:w").decode()


def test_impersonation_is_not_forgotten(tmp_path: Path) -> None:
    user = {"token": "t", "as": "viewer", "as-groups": ["a", "b"], "as-user-extra": {"reason": ["x"]}}
    connection = found(kubeconfig(tmp_path / "config", **user))
    assert connection.headers == (
        ("Impersonate-User", "viewer"),
        ("Impersonate-Group", "a"),
        ("Impersonate-Group", "b"),
        ("Impersonate-Extra-reason", "x"),
    )


@pytest.mark.parametrize("namespace", ["../x", "Prod", "a" * 64, "生产", "a/b", "-a"])
def test_a_namespace_flag_that_cannot_be_one(namespace: str) -> None:
    with pytest.raises(Unusable):
        find_connection(Options(server="https://x", namespace=namespace), {})


@pytest.mark.parametrize(
    ("environ", "proxy"),
    [
        ({"HTTPS_PROXY": "http://p:3128"}, "http://p:3128"),
        ({"https_proxy": "p:3128"}, "http://p:3128"),
        ({"HTTPS_PROXY": "http://p", "NO_PROXY": "x.test"}, ""),
        ({"HTTPS_PROXY": "http://p", "NO_PROXY": ".test"}, ""),
        ({"HTTPS_PROXY": "http://p", "NO_PROXY": "*"}, ""),
        ({"HTTPS_PROXY": "http://p", "NO_PROXY": "est"}, "http://p"),
        ({"HTTP_PROXY": "http://p"}, ""),
    ],
)
def test_the_environment_names_the_proxy(environ: dict[str, str], proxy: str) -> None:
    assert find_connection(Options(server="https://api.x.test"), environ).proxy == proxy


def test_addresses_within_a_network_go_past_the_proxy() -> None:
    environ = {"HTTPS_PROXY": "http://p", "NO_PROXY": "10.0.0.0/8"}
    assert find_connection(Options(server="https://10.1.2.3"), environ).proxy == ""
    assert find_connection(Options(server="https://11.1.2.3"), environ).proxy == "http://p"
    assert find_connection(Options(server="https://127.0.0.1"), environ).proxy == ""

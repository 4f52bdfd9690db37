"""Credentials from a program, as managed clusters hand them out."""

from __future__ import annotations

import asyncio
import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from stubs import Script, Waits, ok, status

from kubesteer.adapters.kubernetes import exec_plugins
from kubesteer.adapters.kubernetes.clusters import KubernetesCluster
from kubesteer.adapters.kubernetes.connections import Options, find_connection
from kubesteer.adapters.kubernetes.exec_plugins import ExecPlugin
from kubesteer.core.errors import Misconfigured
from kubesteer.core.refs import Ref

V1 = "client.authentication.k8s.io/v1"

COUNTING = """
import json, os, pathlib
runs = pathlib.Path(os.environ["RUNS"])
number = len(runs.read_text()) if runs.exists() else 0
runs.write_text("x" * (number + 1))
pathlib.Path(os.environ["RUNS"] + ".info").write_text(os.environ.get("KUBERNETES_EXEC_INFO", ""))
status = {"token": f"t-{number}"}
if os.environ.get("UNTIL"):
    status["expirationTimestamp"] = os.environ["UNTIL"]
print(json.dumps({"apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential", "status": status}))
"""


def settings(code: str, folder: Path, **more: Any) -> dict[str, Any]:
    """The kubeconfig's `exec` for a plug-in that runs `code`."""
    variables = [{"name": "RUNS", "value": str(folder / "runs")}]
    if "until" in more:
        variables.append({"name": "UNTIL", "value": more.pop("until").isoformat()})
    own = {"apiVersion": V1, "command": sys.executable, "args": ["-c", code], "env": variables}
    return own | {"interactiveMode": "Never"} | more


def plugin(code: str, folder: Path, **more: Any) -> ExecPlugin:
    """The plug-in itself."""
    return ExecPlugin(settings(code, folder, **more), folder, {"server": "https://api.test"})


def runs(folder: Path) -> int:
    """How often COUNTING ran."""
    return len((folder / "runs").read_text())


async def token(source: ExecPlugin, renew: bool = False) -> str:
    """The header of the moment."""
    return (await source.current(renew=renew)).authorization


async def test_it_runs_once_for_many(tmp_path: Path) -> None:
    source = plugin(COUNTING, tmp_path)
    assert set(await asyncio.gather(*(token(source) for _ in range(5)))) == {"Bearer t-0"}
    assert runs(tmp_path) == 1


async def test_many_who_are_refused_at_once_renew_once(tmp_path: Path) -> None:
    source = plugin(COUNTING, tmp_path)
    await token(source)
    assert set(await asyncio.gather(*(token(source, renew=True) for _ in range(5)))) == {"Bearer t-1"}
    assert runs(tmp_path) == 2


@pytest.mark.parametrize(("lasting", "expected"), [(3600, 1), (5, 3), (-60, 3)])
async def test_it_runs_again_shortly_before_it_expires(tmp_path: Path, lasting: int, expected: int) -> None:
    source = plugin(COUNTING, tmp_path, until=datetime.now(UTC) + timedelta(seconds=lasting))
    for _ in range(3):
        await token(source)
    assert runs(tmp_path) == expected


async def test_a_401_asks_for_a_new_token_once(tmp_path: Path) -> None:
    content = {
        "clusters": [{"name": "c", "cluster": {"server": "https://api.test"}}],
        "users": [{"name": "u", "user": {"exec": settings(COUNTING, tmp_path)}}],
        "contexts": [{"name": "x", "context": {"cluster": "c", "user": "u"}}],
        "current-context": "x",
    }
    path = tmp_path / "config"
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    script = Script(status(401), ok({"kind": "Pod"}))
    connection = find_connection(Options(kubeconfig=str(path)), {})
    async with KubernetesCluster(connection, None, script, Waits().patience) as cluster:
        await cluster.read(Ref("Pod", "shop", "web"))
    assert [asked.headers["Authorization"] for asked in script.asked] == ["Bearer t-0", "Bearer t-1"]


@pytest.mark.parametrize("provide", [True, False])
async def test_what_it_is_told_of_the_cluster(tmp_path: Path, provide: bool) -> None:
    await token(plugin(COUNTING, tmp_path, provideClusterInfo=provide))
    told = json.loads((tmp_path / "runs.info").read_text())
    assert (told["apiVersion"], told["kind"], told["spec"]["interactive"]) == (V1, "ExecCredential", False)
    assert told["spec"].get("cluster") == ({"server": "https://api.test"} if provide else None)


def printing(document: Any) -> str:
    """Code that prints a document."""
    return f"print({json.dumps(document)!r})"


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("import sys; sys.stderr.write('session expired'); sys.exit(3)", "exited with 3: session expired"),
        ("print('hello')", "did not print JSON"),
        ("", "did not print JSON"),
        (printing([1]), "did not print an ExecCredential"),
        (printing({"apiVersion": V1, "status": None}), "did not print an ExecCredential"),
        (printing({"apiVersion": V1, "status": {}}), "neither a token nor a certificate"),
        (printing({"apiVersion": V1 + "beta1", "status": {"token": "t"}}), "speaks"),
        (printing({"apiVersion": V1, "status": {"token": "t", "expirationTimestamp": "soon"}}), "no time"),
    ],
)
async def test_a_plug_in_that_fails_says_why_and_what_to_run(tmp_path: Path, code: str, why: str) -> None:
    with pytest.raises(Misconfigured) as caught:
        await token(plugin(code, tmp_path))
    assert why in caught.value.say("en")
    assert sys.executable in caught.value.say("zh")


async def test_a_plug_in_that_never_ends_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exec_plugins, "PATIENCE", 0.3)
    with pytest.raises(Misconfigured, match="did not finish"):
        await token(plugin("import time; time.sleep(60)", tmp_path))


async def test_a_plug_in_that_is_not_installed_passes_on_the_hint(tmp_path: Path) -> None:
    missing = plugin("", tmp_path, command="no-such-plug-in", installHint="Get it from example.test.")
    with pytest.raises(Misconfigured) as caught:
        await token(missing)
    assert "Get it from example.test." in caught.value.say("zh")
    assert "could not be started" in caught.value.say("en")


async def test_a_relative_command_counts_from_the_kubeconfig(tmp_path: Path) -> None:
    script = tmp_path / "bin" / "login"
    script.parent.mkdir()
    document = {"apiVersion": V1, "status": {"token": "t"}}
    script.write_text(f"#!/bin/sh\necho '{json.dumps(document)}'\n")
    script.chmod(0o755)
    assert await token(plugin("", tmp_path, command="bin/login", args=None)) == "Bearer t"


@pytest.mark.parametrize("bad", [{"command": ""}, {"apiVersion": "client.authentication.k8s.io/v1alpha1"}])
async def test_a_section_that_cannot_be_used(tmp_path: Path, bad: dict[str, str]) -> None:
    with pytest.raises(Misconfigured, match="exec section"):
        await token(plugin(COUNTING, tmp_path, **bad))


async def test_a_certificate_instead_of_a_token(tmp_path: Path) -> None:
    pair = {"clientCertificateData": "CERT", "clientKeyData": "KEY"}
    credential = await plugin(printing({"apiVersion": V1, "status": pair}), tmp_path).current()
    assert credential.authorization == ""
    assert credential.certificate is not None
    assert (credential.certificate.certificate, credential.certificate.key) == (b"CERT", b"KEY")
    assert "KEY" not in repr(credential)

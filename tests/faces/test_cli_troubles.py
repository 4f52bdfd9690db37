"""Trouble on the way to the cluster: a plain sentence with a remedy, exit 1, no traceback."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from kubesteer.faces.cli import scanning
from kubesteer.simulator import Fault, Simulator

Run = Callable[..., Any]

RBAC = "rbac.authorization.k8s.io"
VIEWER = {
    "apiVersion": f"{RBAC}/v1",
    "kind": "RoleBinding",
    "metadata": {"name": "viewer", "namespace": "shop"},
    "roleRef": {"apiGroup": RBAC, "kind": "ClusterRole", "name": "view"},
    "subjects": [{"kind": "User", "apiGroup": RBAC, "name": "viewer"}],
}


@pytest.fixture
def faulty(simulator: Simulator) -> Iterator[Simulator]:
    yield simulator
    simulator.faults.clear()


def said(done: Any) -> str:
    """What a person reads."""
    return str(done.out + done.err)


def test_no_kubeconfig(bare: Run) -> None:
    done = bare("ask", "list pods")

    assert done.code == 1
    assert "--kubeconfig" in said(done)
    assert "--server" in said(done)


def test_unknown_context(run: Run) -> None:
    done = run("ask", "--context", "nope", "list pods")

    assert done.code == 1
    assert "nope" in said(done)


def test_server_down(bare: Run) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        done = bare("ask", "-s", url, "list pods")

    assert done.code == 1
    assert url in said(done)


@pytest.mark.parametrize("status", [401, 403, 500, 503])
def test_refusals(run: Run, faulty: Simulator, status: int) -> None:
    faulty.faults.add(Fault(path_regex="/deployments|/namespaces|/pods|/nodes", status=status))

    done = run("scan")

    assert done.code == 1
    assert len(said(done)) > 20


def test_forbidden_names_the_role(run: Run, simulator: Simulator, tmp_path: Path) -> None:
    narrow = simulator.write_kubeconfig(tmp_path / "narrow", "nobody")

    done = run("ask", "--kubeconfig", narrow, "status of web in shop")

    assert done.code == 1
    assert re.search(r"kind: (Cluster)?Role|get|list", said(done))


def test_v_shows_every_request(run: Run) -> None:
    done = run("ask", "-v", "status of web in shop")

    assert re.search(r"GET +/apis/apps/v1/namespaces/shop/deployments/web\S* +200 +\d+ ms", done.err)


def test_server_and_token(bare: Run, simulator: Simulator) -> None:
    done = bare("ask", "-s", simulator.url, "--token", simulator.token(), "status of web in shop")

    assert done.code == 0


def test_doctor(run: Run) -> None:
    done = run("doctor")

    assert done.code == 0
    assert done.out.count("✓") >= 4


def test_doctor_without_a_cluster(bare: Run) -> None:
    assert bare("doctor").code == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ("nonsense",),
        ("scan", "-o", "xml"),
        ("scan", "--severity", "bad"),
        ("show", "../../x"),
        ("undo", "chg-x"),
    ],
)
def test_usage(run: Run, arguments: tuple[str, ...]) -> None:
    done = run(*arguments)

    assert done.code in (1, 3)
    assert said(done).strip()


def test_scan(run: Run) -> None:
    done = run("scan", "-n", "shop")

    assert done.code == 0
    assert "settings" in done.out
    assert run("scan", "-n", "shop", "--fail-on", "warning").code == 1
    assert run("scan", "-n", "no-such-namespace").code == 1
    assert "settings" in run("diagnose", "deployment/broken", "-n", "shop").out
    assert run("scan", "-n", "shop", "-o", "markdown").out.lstrip().startswith(("#", "*", "|"))


def test_flags_may_stand_before_the_command(run: Run, kubeconfig: Path) -> None:
    assert run("-n", "shop", "--kubeconfig", kubeconfig, "ask", "list pods").code == 0


def test_the_name_in_the_certificate_can_be_told(bare: Run, tmp_path: Path) -> None:
    with Simulator([], tls=True) as cluster:
        config = cluster.write_kubeconfig(tmp_path / "tls")
        wrong = bare("doctor", "--kubeconfig", config, "--tls-server-name", "other.test")
        right = bare("--tls-server-name", "localhost", "doctor", "--kubeconfig", config)

    assert wrong.code == 1
    assert "--tls-server-name" in said(wrong)
    assert right.code == 0


def test_an_unusable_kubeconfig_is_named(bare: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "nope"))
    assert f"There is no file {tmp_path / 'nope'}" in said(bare("scan"))
    assert f"{tmp_path} is a directory" in said(bare("scan", "--kubeconfig", tmp_path))


@pytest.mark.parametrize("speed", ["0", "-1", "nan", "inf"])
def test_a_speed_that_is_none(bare: Run, speed: str) -> None:
    done = bare("simulate", f"--speed={speed}")

    assert done.code == 1
    assert "--speed" in said(done)
    assert "unforeseen" not in said(done)


def test_ctrl_c_ends_a_watch_without_a_word_of_resuming(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(scanning, "WATCH_SECONDS", 0.0)
    monkeypatch.setattr(scanning, "_show_difference", interrupted)
    done = run("scan", "-n", "shop", "--watch")

    assert done.code == 130
    assert "resume" not in said(done)
    assert "nothing was changed" in said(done)


def test_who_may_see_one_namespace_needs_only_name_it(run: Run, simulator: Simulator, tmp_path: Path) -> None:
    simulator.load([VIEWER])
    narrow = simulator.write_kubeconfig(tmp_path / "narrow", "viewer")

    assert run("ask", "--kubeconfig", narrow, "status of web in shop").code == 0
    refused = run("ask", "--kubeconfig", narrow, "restart web in shop")
    assert refused.code == 1
    assert "patch deployments" in said(refused)
    assert "-n" in said(run("ask", "--kubeconfig", narrow, "status of web"))

"""The command line in process, against an embedded cluster of its own."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from haste import shorten
from kubesteer.faces.cli import main
from kubesteer.simulator import Simulator

SHOP = """
apiVersion: v1
kind: Namespace
metadata: {name: shop}
---
apiVersion: v1
kind: Namespace
metadata: {name: production}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: app, image: "web:v1"}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: checkout, namespace: shop}
spec:
  replicas: 1
  selector: {matchLabels: {app: checkout}}
  template:
    metadata: {labels: {app: checkout}}
    spec: {containers: [{name: app, image: "checkout:v1"}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: checkout, namespace: production}
spec:
  replicas: 1
  selector: {matchLabels: {app: checkout}}
  template:
    metadata: {labels: {app: checkout}}
    spec: {containers: [{name: app, image: "checkout:v1"}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: broken, namespace: shop}
spec:
  replicas: 1
  selector: {matchLabels: {app: broken}}
  template:
    metadata: {labels: {app: broken}}
    spec: {containers: [{name: app, image: "broken:v1", envFrom: [{configMapRef: {name: settings}}]}]}
"""


@pytest.fixture(autouse=True)
def _hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    shorten(monkeypatch)


@dataclass(frozen=True)
class Outcome:
    """What a command did."""

    code: int
    out: str
    err: str


Run = Callable[..., Outcome]


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    with Simulator([doc for doc in yaml.safe_load_all(SHOP) if doc], speed=20) as running:
        yield running


@pytest.fixture
def kubeconfig(simulator: Simulator, tmp_path: Path) -> Path:
    return simulator.write_kubeconfig(tmp_path / "kubeconfig")


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run `kubesteer` in a home of its own, with no cluster configured."""
    for name in ("KUBECONFIG", "KUBERNETES_SERVICE_HOST", "KUBESTEER_CONFIG", "KUBESTEER_LANGUAGE", "LC_ALL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("KUBESTEER_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("LANG", "C.UTF-8")

    def run(*arguments: Any, stdin: str | None = None) -> Outcome:
        monkeypatch.setattr(sys, "argv", ["kubesteer", *map(str, arguments)])
        monkeypatch.setattr(sys, "stdin", io.StringIO(stdin or ""))
        with pytest.raises(SystemExit) as leaving:
            main()
        captured = capsys.readouterr()
        code = leaving.value.code
        assert isinstance(code, int)
        assert "Traceback" not in captured.out + captured.err
        return Outcome(code, captured.out, captured.err)

    return run


@pytest.fixture
def run(bare: Run, kubeconfig: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run `kubesteer` on the embedded cluster."""
    monkeypatch.setenv("KUBECONFIG", str(kubeconfig))
    return bare

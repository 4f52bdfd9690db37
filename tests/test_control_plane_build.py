"""control-plane/build.py: what it builds, what it takes from elsewhere, and what it says where it cannot.

With a `go` of our own, so that these tests need none.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

BUILD = Path(__file__).resolve().parents[1] / "control-plane" / "build.py"
PROGRAMS = ("etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubectl", "kwok")

FAKE_GO = f"""#!{sys.executable}
import os, pathlib, sys
log = pathlib.Path(os.environ["GO_LOG"])
log.write_text((log.read_text() if log.exists() else "") + " ".join(sys.argv[1:]) + "\\n")
if sys.argv[1] == "list":
    print(os.environ["KWOK_MODULE"])
elif os.environ.get("GO_FAILS", "none") in sys.argv[-1]:
    sys.exit("undefined: everything")
else:
    target = pathlib.Path(sys.argv[sys.argv.index("-o") + 1])
    target.write_text("#!/bin/sh\\n")
    target.chmod(0o755)
"""


class Builder:
    """Runs build.py with a cache, a PATH and a `go` of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.cache, self.log = folder, folder / "cache", folder / "go.log"
        self.path = folder / "bin"
        self.path.mkdir()
        self.environ = {
            "PATH": str(self.path),
            "KUBESTEER_CONTROL_PLANE": str(self.cache),
            "GO_LOG": str(self.log),
            "KWOK_MODULE": str(folder / "kwok-module"),
        }
        stages = folder / "kwok-module" / "kustomize" / "stage"
        for name in (
            "node/fast/node-initialize",
            "node/heartbeat-with-lease/node-heartbeat-with-lease",
            "pod/fast/pod-ready",
            "pod/fast/pod-complete",
            "pod/fast/pod-delete",
        ):
            path = stages / f"{name}.yaml"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("kind: Stage\n")

    def install_go(self) -> None:
        """Put a `go` into PATH."""
        go = self.path / "go"
        go.write_text(FAKE_GO)
        go.chmod(0o755)

    def run(self, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
        """Run build.py."""
        command = [sys.executable, str(BUILD), *arguments]
        return subprocess.run(
            command, env=self.environ | environ, capture_output=True, text=True, check=False
        )

    def found(self, **environ: str) -> dict[str, str]:
        """The programs that a run would use."""
        programs: dict[str, str] = json.loads(self.run("--found", **environ).stdout)["programs"]
        return programs

    def built(self) -> list[str]:
        """The packages that `go build` was asked for."""
        if not self.log.exists():
            return []
        lines = self.log.read_text().splitlines()
        return [line.split()[-1] for line in lines if line.startswith("build")]


@pytest.fixture
def builder(tmp_path: Path) -> Builder:
    """A fresh machine without Go."""
    return Builder(tmp_path)


def test_without_go_it_says_so_in_one_line_and_succeeds(builder: Builder) -> None:
    done = builder.run()
    assert done.returncode == 0
    [line] = done.stdout.splitlines()
    assert "Go is not installed" in line
    assert done.stderr == ""
    assert builder.found() == {}


def test_it_builds_everything_once(builder: Builder) -> None:
    builder.install_go()
    assert builder.run().returncode == 0
    assert len(builder.built()) == len(PROGRAMS)
    assert set(builder.found()) == set(PROGRAMS)
    assert builder.run().returncode == 0
    assert len(builder.built()) == len(PROGRAMS)


def test_kwok_s_stages_come_along_with_ours(builder: Builder) -> None:
    builder.install_go()
    builder.run()
    config = json.loads(builder.run("--found").stdout)["kwok_config"]
    names = {Path(path).name for path in config}
    assert {"pod-ready.yaml", "pod-crash.yaml", "node-initialize.yaml"} <= names
    assert all(Path(path).is_file() for path in config)


def test_a_build_that_fails_leaves_what_was_done_and_goes_on_from_there(builder: Builder) -> None:
    builder.install_go()
    failed = builder.run(GO_FAILS="kube-scheduler")
    assert failed.returncode == 1
    assert "kube-scheduler" in failed.stderr
    assert set(builder.found()) == {"etcd", "kube-apiserver", "kube-controller-manager"}
    before = len(builder.built())
    assert builder.run().returncode == 0
    assert len(builder.built()) - before == 3


def test_a_program_without_its_stamp_is_built_anew(builder: Builder) -> None:
    builder.install_go()
    builder.run()
    (builder.cache / "etcd.built-from").write_text("something older")
    assert "etcd" not in builder.found()
    builder.run()
    assert builder.built()[-1] == "go.etcd.io/etcd/server/v3"


def test_programs_that_are_given_are_not_built(builder: Builder, tmp_path: Path) -> None:
    builder.install_go()
    assets = tmp_path / "assets"
    assets.mkdir()
    for name in ("etcd", "kube-apiserver", "kubectl"):
        (assets / name).write_text("")
        (assets / name).chmod(0o755)
    given = {"KUBEBUILDER_ASSETS": str(assets)}
    builder.run(**given)
    assert len(builder.built()) == 3
    found = builder.found(**given)
    assert found["etcd"] == str(assets / "etcd")
    assert found["kwok"] == str(builder.cache / "kwok")


@pytest.mark.parametrize("variables", [{"XDG_CACHE_HOME": "{}/xdg"}, {"HOME": "{}", "XDG_CACHE_HOME": ""}])
def test_where_programs_land(builder: Builder, tmp_path: Path, variables: dict[str, str]) -> None:
    del builder.environ["KUBESTEER_CONTROL_PLANE"]
    environ = {name: value.format(tmp_path) for name, value in variables.items()}
    folder = json.loads(builder.run("--found", **environ).stdout)["folder"]
    assert Path(folder).parent.parts[-2:] == ("kubesteer", "control-plane")
    assert folder.startswith(str(tmp_path))
    assert Path(folder).name.startswith("v1.")


def test_an_unknown_argument_shows_how_it_is_used(builder: Builder) -> None:
    done = builder.run("--nonsense")
    assert done.returncode == 2
    assert "--found" in done.stdout

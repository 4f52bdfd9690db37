"""Build a real Kubernetes control plane from Go modules, for the contract tests.

Needs nothing but Python and Go.

    python control-plane/build.py            build what is missing: minutes the first time, then seconds
    python control-plane/build.py --found    print as JSON what is there (see `found`)

Programs land outside the repository, in KUBESTEER_CONTROL_PLANE or the user's cache folder. Those that stand
in KUBEBUILDER_ASSETS (the variable of setup-envtest) are used from there and not built. Where modules come
from is Go's own setting (GOPROXY). Exit status: 0 built, or skipped because Go is missing; 1 the build failed.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
MODULES = {"kubernetes": HERE / "kubernetes", "kwok": HERE / "kwok"}


@dataclass(frozen=True)
class Program:
    """One executable: its name, the Go package that is its main, and which of our modules requires it."""

    name: str
    package: str
    module: str


PROGRAMS = (
    Program("etcd", "go.etcd.io/etcd/server/v3", "kubernetes"),
    Program("kube-apiserver", "k8s.io/kubernetes/cmd/kube-apiserver", "kubernetes"),
    Program("kube-controller-manager", "k8s.io/kubernetes/cmd/kube-controller-manager", "kubernetes"),
    Program("kube-scheduler", "k8s.io/kubernetes/cmd/kube-scheduler", "kubernetes"),
    Program("kubectl", "k8s.io/kubernetes/cmd/kubectl", "kubernetes"),
    Program("kwok", "sigs.k8s.io/kwok/cmd/kwok", "kwok"),
)

# kwok 0.8 has no built-in stages: these are its own files, taken from its module as it is.
KWOK_FILES = (
    "kustomize/stage/node/fast/node-initialize.yaml",
    "kustomize/stage/node/heartbeat-with-lease/node-heartbeat-with-lease.yaml",
    "kustomize/stage/pod/fast/pod-ready.yaml",
    "kustomize/stage/pod/fast/pod-complete.yaml",
    "kustomize/stage/pod/fast/pod-delete.yaml",
)


def required(module_path: str, module: str) -> str:
    """The version of `module_path` (such as "v1.34.4") that our module named `module` requires."""
    text = (MODULES[module] / "go.mod").read_text(encoding="utf-8")
    found = re.search(rf"^\s*{re.escape(module_path)} (v\S+)", text, re.MULTILINE)
    if found is None:
        raise LookupError(f"{module}/go.mod does not require {module_path}")
    return found[1]


def folder() -> Path:
    """Where built programs are kept: one folder a Kubernetes version."""
    chosen = os.environ.get("KUBESTEER_CONTROL_PLANE")
    if chosen:
        return Path(chosen).expanduser()
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return cache / "kubesteer" / "control-plane" / required("k8s.io/kubernetes", "kubernetes")


def link_flags() -> str:
    """Linker flags that tell each program its version, as the projects' own release builds do.

    Without them kube-apiserver calls itself v0.0.0-master and judges feature gates by that.
    """
    kubernetes = required("k8s.io/kubernetes", "kubernetes")
    major, minor, _patch = kubernetes.removeprefix("v").split(".", 2)
    told = {
        "k8s.io/component-base/version.gitVersion": kubernetes,
        "k8s.io/component-base/version.gitMajor": major,
        "k8s.io/component-base/version.gitMinor": minor,
        "k8s.io/component-base/version.gitTreeState": "clean",
        "sigs.k8s.io/kwok/pkg/consts.Version": required("sigs.k8s.io/kwok", "kwok"),
    }
    return " ".join(["-s", "-w", *(f"-X {name}={value}" for name, value in told.items())])


def fingerprint(program: Program) -> str:
    """Changes whenever what the program is built from changes; kept beside the program."""
    digest = hashlib.sha256(f"{program.package}\n{link_flags()}\n".encode())
    for file in ("go.mod", "go.sum"):
        digest.update((MODULES[program.module] / file).read_bytes())
    return digest.hexdigest()


def given(program: Program) -> Path | None:
    """The program's place in KUBEBUILDER_ASSETS, None where it is not there."""
    assets = os.environ.get("KUBEBUILDER_ASSETS")
    path = Path(assets) / program.name if assets else None
    return path if path is not None and os.access(path, os.X_OK) else None


def built(program: Program) -> Path | None:
    """The program's place in our folder, None where it is missing or built from something else."""
    path, stamp = folder() / program.name, folder() / f"{program.name}.built-from"
    current = stamp.is_file() and stamp.read_text(encoding="utf-8") == fingerprint(program)
    return path if current and os.access(path, os.X_OK) else None


def build(program: Program) -> None:
    """Compile one program and put it, and then its fingerprint, in place by rename."""
    target, stamp = folder() / program.name, folder() / f"{program.name}.built-from"
    new, new_stamp = (path.with_name(f"{path.name}.new") for path in (target, stamp))
    command = ["go", "build", "-trimpath", "-ldflags", link_flags(), "-o", str(new), program.package]
    environment = {**os.environ, "CGO_ENABLED": "0"}
    started = time.monotonic()
    print(f"control plane: building {program.name} ...", flush=True)
    subprocess.run(command, cwd=MODULES[program.module], env=environment, check=True)
    if program.name == "kwok":
        copy_kwok_files()
    new_stamp.write_text(fingerprint(program), encoding="utf-8")
    new.replace(target)
    new_stamp.replace(stamp)
    took, size = time.monotonic() - started, target.stat().st_size / 1e6
    print(f"control plane: built {program.name} in {took:.0f} s ({size:.0f} MB)", flush=True)


def copy_kwok_files() -> None:
    """Copy kwok's stage files out of the Go module cache, so that a run needs no Go."""
    command = ["go", "list", "-m", "-f", "{{.Dir}}", "sigs.k8s.io/kwok"]
    found = subprocess.run(command, cwd=MODULES["kwok"], check=True, capture_output=True, text=True)
    for name in KWOK_FILES:
        target = folder() / "kwok-files" / Path(name).name
        target.parent.mkdir(exist_ok=True)
        new = target.with_name(f"{target.name}.new")
        shutil.copyfile(Path(found.stdout.strip()) / name, new)
        new.replace(target)


def found() -> dict[str, object]:
    """What a run can use now.

    `programs`: path of each program that is there, by name; `kwok_config`: the files for kwok's --config, its
    own and then ours; `folder`: where programs are built into.
    """
    places = {program.name: given(program) or built(program) for program in PROGRAMS}
    files = [folder() / "kwok-files" / Path(name).name for name in KWOK_FILES]
    files += sorted((HERE / "stages").glob("*.yaml"))
    return {
        "folder": str(folder()),
        "programs": {name: str(path) for name, path in places.items() if path is not None},
        "kwok_config": [str(path) for path in files if path.is_file()],
    }


@contextmanager
def alone() -> Iterator[None]:
    """Hold the folder's lock: a second build waits for the first and then finds everything there."""
    folder().mkdir(parents=True, exist_ok=True)
    with (folder() / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def build_missing() -> int:
    """Build what neither KUBEBUILDER_ASSETS nor our folder has; returns the exit status."""
    missing = [program for program in PROGRAMS if (given(program) or built(program)) is None]
    if not missing:
        print(f"control plane: everything is in {folder()}")
        return 0
    if shutil.which("go") is None:
        names = ", ".join(program.name for program in missing)
        print(f"control plane: skipped, Go is not installed (https://go.dev/dl); not there: {names}")
        return 0
    print(f"control plane: {len(missing)} programs to build into {folder()}; minutes, the first time")
    try:
        with alone():
            for program in missing:
                if built(program) is None:
                    build(program)
    except subprocess.CalledProcessError as error:
        print(
            f"control plane: failed, exit status {error.returncode}: {shlex.join(error.cmd)}", file=sys.stderr
        )
        return 1
    print(f"control plane: ready in {folder()}")
    return 0


def main(arguments: list[str]) -> int:
    if arguments == ["--found"]:
        print(json.dumps(found()))
        return 0
    if arguments:
        print(__doc__)
        return 0 if arguments == ["--help"] else 2
    return build_missing()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""`simulate`: the embedded cluster, until Ctrl-C."""

from __future__ import annotations

import math
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kubesteer.core.errors import Misconfigured
from kubesteer.core.texts import Text
from kubesteer.faces.cli.failures import DONE, spoken_language

if TYPE_CHECKING:
    from kubesteer.simulator import Simulator

DEMO_AGE = 900.0
"""Seconds that the demo's cluster has lived when it is first looked at: what is sick in it shows by then."""


def run_simulate(
    load: Sequence[Path], *, port: int, write_kubeconfig: str, nodes: int, tls: bool, speed: float
) -> int:
    """Serve until interrupted; the exit code."""
    from kubesteer.simulator import Simulator

    _check_speed(speed)
    manifests = [doc for path in load for doc in read_manifests(path)] if load else demo_manifests()
    age = 0.0 if load else DEMO_AGE
    simulator = Simulator(manifests, nodes=nodes, port=port, tls=tls, speed=speed, age=age)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with simulator:
            _serve(simulator, write_kubeconfig)
    except OSError as trouble:
        raise Misconfigured(
            Text(f"无法监听端口 {port}:{trouble}", f"Cannot listen on port {port}: {trouble}"),
            Text(
                "换一个 --port,或用 --port 0 取空闲端口。",
                "Choose another --port, or --port 0 for a free one.",
            ),
        ) from trouble
    return DONE


def _check_speed(speed: float) -> None:
    # Compared this way round, so that "nan" does not pass either.
    if not 0 < speed < math.inf:
        raise Misconfigured(
            Text(
                f"--speed 应为正数,不能是 {speed:g}。", f"--speed must be above 0, and cannot be {speed:g}."
            ),
            Text("1 与真实时间一样快,10 快十倍。", "1 is as fast as life, 10 ten times as fast."),
        )


def _serve(simulator: Simulator, write_kubeconfig: str) -> None:
    if write_kubeconfig:
        simulator.write_kubeconfig(Path(write_kubeconfig).absolute())
    print(_announced(simulator.url, write_kubeconfig), file=sys.stderr, flush=True)
    with suppress(KeyboardInterrupt):
        threading.Event().wait()


def _announced(url: str, kubeconfig: str) -> str:
    lines = [
        Text(f"模拟集群运行于 {url},Ctrl-C 结束。", f"The embedded cluster serves {url}; Ctrl-C ends it.")
    ]
    if kubeconfig:
        lines.append(
            Text(
                f"kubeconfig 已写入 {kubeconfig},试试:kubesteer scan --kubeconfig {kubeconfig}",
                f"The kubeconfig is {kubeconfig}; try: kubesteer scan --kubeconfig {kubeconfig}",
            )
        )
    return "\n".join(line.of(spoken_language()) for line in lines)


def demo_manifests() -> list[dict[str, Any]]:
    """The cluster of the demo, as `kubesteer simulate` loads it when it is given nothing else."""
    content = files("kubesteer.simulator").joinpath("examples/shop.yaml").read_text(encoding="utf-8")
    import yaml

    return [document for document in yaml.safe_load_all(content) if document]


def read_manifests(path: Path) -> Iterator[dict[str, Any]]:
    """The objects of a YAML or JSON file, Lists flattened.

    Raises:
        Misconfigured: the file cannot be read, is no YAML, or holds something that is no object.
    """
    import yaml

    try:
        with path.open(encoding="utf-8") as file:
            documents = [document for document in yaml.safe_load_all(file) if document is not None]
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as trouble:
        raise Misconfigured(Text(f"读不了 {path}:{trouble}", f"Cannot read {path}: {trouble}")) from trouble
    for number, document in enumerate(documents, 1):
        yield from _objects(document, path, number)


def _objects(document: Any, path: Path, number: int) -> Iterator[dict[str, Any]]:
    if isinstance(document, dict) and document.get("kind") == "List":
        for item in document.get("items") or []:
            yield from _objects(item, path, number)
    elif isinstance(document, dict) and isinstance(document.get("kind"), str):
        yield document
    else:
        raise Misconfigured(
            Text(
                f"{path} 的第 {number} 个文档不是 Kubernetes 对象(没有 kind)。",
                f"Document {number} of {path} is no Kubernetes object (it has no kind).",
            )
        )

"""What a scan costs beside transferring and decoding the same lists: `python -m bench.scanning TASK KUBECONFIG`.

Each measurement runs in a fresh process, against whatever cluster the kubeconfig names.
"""

from __future__ import annotations

import asyncio
import json
import resource
import subprocess
import sys
import time
from typing import Any, Generic, TypeVar

import httpx2
import msgspec

from kubesteer.adapters.kubernetes.clusters import KubernetesCluster
from kubesteer.adapters.kubernetes.connections import Options, find_connection
from kubesteer.adapters.kubernetes.exchanges import Exchange
from kubesteer.adapters.kubernetes.pages import PAGE
from kubesteer.adapters.kubernetes.trust import tls_context
from kubesteer.analyzers import scan
from kubesteer.analyzers.gathering import NAMED, SHAPES, gather
from kubesteer.analyzers.resources.shapes import Object
from kubesteer.analyzers.rules.registry import RULES
from kubesteer.analyzers.verdicts import verdicts
from kubesteer.core.coverages import AT_ONCE
from kubesteer.core.kinds import KINDS

RUNS = 3
PAGE_PARAMETER = "limit="
T = TypeVar("T")


class Metadata(msgspec.Struct):
    """Of a page."""

    continue_: str = msgspec.field(name="continue", default="")


class Page(msgspec.Struct, Generic[T]):
    """A page of a list."""

    metadata: Metadata
    items: list[T]


def connected(kubeconfig: str, seen: list[Exchange]) -> KubernetesCluster:
    """The adapter, which notes every exchange."""
    return KubernetesCluster(find_connection(Options(kubeconfig=kubeconfig), {}), seen.append)


async def plain_client(kubeconfig: str) -> httpx2.AsyncClient:
    """httpx2 alone, which asks as the adapter asks a server on this machine: nothing is compressed."""
    connection = find_connection(Options(kubeconfig=kubeconfig), {})
    credential = await connection.credentials.current()
    headers = {"Accept-Encoding": "identity"}
    if credential.authorization:
        headers["Authorization"] = credential.authorization
    trust = tls_context(connection.trust, credential.certificate)
    return httpx2.AsyncClient(base_url=connection.server, timeout=60, headers=headers, verify=trust)


async def transfer(kubeconfig: str) -> dict[str, Any]:
    """Transfer and decode the same lists with nothing but httpx2 and msgspec, as many at once as a scan."""
    paths: dict[str, type[Any]]
    gate, pages = asyncio.Semaphore(AT_ONCE), 0

    async def one(client: httpx2.AsyncClient, path: str, shape: type[Any]) -> None:
        nonlocal pages
        decoder, token = msgspec.json.Decoder(Page[shape]), ""
        async with gate:
            while True:
                params = {"limit": str(PAGE), **({"continue": token} if token else {})}
                answer = await client.get(path, params=params)
                pages += 1
                if answer.status_code != httpx2.codes.OK:
                    return
                token = decoder.decode(answer.content).metadata.continue_
                if not token:
                    return

    paths = {f"{KINDS[shape.kind].root}/{KINDS[shape.kind].plural}": shape for shape in SHAPES}
    paths |= {f"/api/v1/{KINDS[kind].plural}": Object for kind in NAMED}
    paths |= {f"/apis/metrics.k8s.io/v1beta1/{plural}": dict for plural in ("pods", "nodes")}
    async with await plain_client(kubeconfig) as client:
        started, busy = time.perf_counter(), time.process_time()
        await asyncio.gather(*(one(client, path, shape) for path, shape in paths.items()))
        spent = time.process_time() - busy
        return {"seconds": time.perf_counter() - started, "busy": spent, "requests": pages}


async def whole(kubeconfig: str) -> dict[str, Any]:
    """A scan, start to end."""
    seen: list[Exchange] = []
    async with connected(kubeconfig, seen) as cluster:
        started, busy = time.perf_counter(), time.process_time()
        report = await scan(cluster)
        seconds, spent = time.perf_counter() - started, time.process_time() - busy
    found = [(finding.rule, str(finding.object)) for finding in report.at_least("warning")]
    pages = sum(PAGE_PARAMETER in exchange.target for exchange in seen)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {
        "seconds": seconds,
        "busy": spent,
        "requests": len(seen),
        "pages": pages,
        "rss": peak,
        "found": found,
    }


async def rules(kubeconfig: str) -> dict[str, Any]:
    """The rules and the folding alone, on a World that is there already: processor time."""
    async with connected(kubeconfig, []) as cluster:
        world = await gather(cluster)
    assert world.saw("Pod", "Event"), world.coverage.not_looked_at
    started = time.process_time()
    verdicts(world, RULES)
    return {"seconds": time.process_time() - started}


TASKS = {"transfer": transfer, "whole": whole, "rules": rules}


def measured(task: str, kubeconfig: str) -> dict[str, Any]:
    """The best of several runs, each in a process of its own."""
    command = [sys.executable, "-m", "bench.scanning", task, kubeconfig]
    runs = [
        json.loads(subprocess.run(command, capture_output=True, check=True, text=True).stdout)
        for _ in range(RUNS)
    ]
    best: dict[str, Any] = min(runs, key=lambda run: run["seconds"])
    return best


def row(what: str, value: str, budget: str = "") -> None:
    """One line of the table."""
    print(f"{what:46} {value:>16} {budget:>22}", flush=True)


def table(title: str, kubeconfig: str, planted: list[tuple[str, str]]) -> float:
    """Measure and print; the seconds of a scan. `planted`: the (rule, object) pairs that it must name."""
    plain, scanned, alone = (measured(task, kubeconfig) for task in TASKS)
    found = [tuple(each) for each in scanned["found"]]
    row(title, "measured", "budget")
    row("planted roots found, each once", f"{sum(found.count(p) == 1 for p in planted)}", f"{len(planted)}")
    row("other warnings", str(len([each for each in found if each not in planted])), "0")
    row(
        "requests, pages of lists among them",
        f"{scanned['requests']} ({scanned['pages']})",
        f"40 + {scanned['pages']} pages",
    )
    row("transfer and decode, s", f"{plain['seconds']:.2f}")
    row("scan, s", f"{scanned['seconds']:.2f}", f"{1.5 * plain['seconds']:.2f}")
    row("  of it our own processor time, s", f"{scanned['busy']:.2f}", f"{1.5 * plain['busy']:.2f}")
    row("rules alone, s of processor time", f"{alone['seconds']:.2f}", "1.00")
    row("resident memory at its peak, MB", f"{scanned['rss']:.0f}", "300")
    return float(scanned["seconds"])


if __name__ == "__main__":
    print(json.dumps(asyncio.run(TASKS[sys.argv[1]](sys.argv[2]))))

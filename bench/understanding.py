"""How well and how fast sentences are understood: `python -m bench.understanding [FOLDER]`.

FOLDER holds the public examples (`utterances.jsonl`, `cluster.yaml` and their `score.py`); without it, or where it is
absent, only the repository's own sets are measured.
"""

from __future__ import annotations

import asyncio
import importlib.util
import statistics
import sys
import time
from pathlib import Path
from types import ModuleType
from typing import Any

import yaml

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tests" / "planners"))

import corpus  # noqa: E402

from kubesteer.core.plans import Conversation, Inventory, Item, Message  # noqa: E402
from kubesteer.core.refs import Ref  # noqa: E402
from kubesteer.planners.interpretations import interpretation  # noqa: E402
from kubesteer.planners.rules import RulesPlanner  # noqa: E402

EXAMPLES = ROOT.parent / "shared" / "examples"
BUDGET_MS = 5.0
NAMES = 5_000


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else EXAMPLES
    print(f"{'set':26} {'exact':>12} {'share':>7} {'wrong writes':>13}")
    if (folder / "score.py").is_file():
        show("public examples", *public(folder))
    for held, title in ((False, "own, to develop against"), (True, "own, held out")):
        show(title, *own(held=held))
    speed()


def show(title: str, exact: int, total: int, wrong: int) -> None:
    share = f"{100 * exact / total:.1f}%" if total else "none"
    print(f"{title:26} {exact:>6}/{total:<5} {share:>7} {wrong:>13}")


def own(*, held: bool) -> tuple[int, int, int]:
    """Exact answers, sentences, and wrong writes over the repository's sets."""
    exact = total = wrong = 0
    for name, cluster in corpus.corpora(held=held):
        inventory, planner = corpus.cluster(cluster), RulesPlanner()
        for sentence in corpus.sentences(name):
            step = asyncio.run(planner.next(sentence.conversation, inventory))
            exact += corpus.right(step, sentence)
            wrong += len(corpus.wrong_writes(step, sentence))
            total += 1
    return exact, total, wrong


def public(folder: Path) -> tuple[int, int, int]:
    """The public examples, judged by the scorer that lies beside them."""
    score = _module(folder / "score.py")
    inventory, planner = _inventory(folder / "cluster.yaml"), RulesPlanner()
    items = list(score.read(folder / "utterances.jsonl"))
    answers = {}
    for item in items:
        said = tuple(Message(m["role"], m["content"]) for m in item["messages"])
        answers[item["id"]] = interpretation(asyncio.run(planner.next(Conversation(said), inventory)))
    exact, wrong, _ = score.run(items, answers, out=lambda *_: None)
    return exact, len(items), wrong


def speed() -> None:
    """CPU milliseconds a sentence takes with 5,000 names, over all own sentences (free of other work's noise)."""
    inventory, planner = _large(), RulesPlanner()
    said = [s for name, _ in corpus.corpora(held=False) for s in corpus.sentences(name)]
    times = asyncio.run(_timed(planner, inventory, said))
    first, rest = times[0], sorted(times[1:])
    print(f"\n{'one sentence, ' + str(NAMES) + ' names':34} {'cpu ms':>8} {'budget':>8}")
    print(f"{'median':34} {statistics.median(rest):8.2f} {BUDGET_MS:8.1f}")
    print(f"{'95th of 100':34} {rest[int(len(rest) * 0.95)]:8.2f} {BUDGET_MS:8.1f}")
    print(f"{'the very first (tables compiled)':34} {first:8.2f}")


async def _timed(planner: RulesPlanner, inventory: Inventory, said: list[corpus.Sentence]) -> list[float]:
    times = []
    for sentence in said:
        started = time.process_time()
        await planner.next(sentence.conversation, inventory)
        times.append(1000 * (time.process_time() - started))
    return times


def _large() -> Inventory:
    names = [item for cluster in ("clinic", "arcade", "freight") for item in corpus.cluster(cluster).items]
    fillers = [
        Item(
            Ref("Deployment", f"team-{n % 40}", f"service-{n}-{'abcdefghij'[n % 10]}"),
            {"app": f"r.io/s{n}:1"},
            2,
        )
        for n in range(NAMES - len(names))
    ]
    return Inventory.of([*names, *fillers])


def _inventory(path: Path) -> Inventory:
    found = [_item(d) for d in yaml.safe_load_all(path.read_text(encoding="utf-8")) if d]
    return Inventory.of(found)


def _item(manifest: dict[str, Any]) -> Item:
    spec = manifest.get("spec") or {}
    job = (spec.get("jobTemplate") or {}).get("spec") or spec
    template = manifest if manifest["kind"] == "Pod" else job.get("template") or {}
    containers = (template.get("spec") or {}).get("containers") or []
    return Item(Ref.of(manifest), {c["name"]: c.get("image", "") for c in containers}, spec.get("replicas"))


def _module(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("public_score", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.dont_write_bytecode = True
    spec.loader.exec_module(module)
    return module


if __name__ == "__main__":
    main()

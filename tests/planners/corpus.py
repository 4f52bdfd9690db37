"""The sentences that the planner is tested on: clusters, sentences with accepted answers, and how they are judged.

`NAME.cluster` lists objects, one a line: kind, namespace/name, `replicas=N`, `container=image`. `NAME*.txt` has a
sentence a line: messages parted by `||` (the person's and the assistant's in turn), `=>`, accepted answers parted by
`//`. An answer is `say`, `ask a,b` (asks for at least one of these and for nothing else), or calls joined by `+`.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kubesteer.core.plans import Ask, Call, Conversation, Inventory, Item, Message, Plan, Say
from kubesteer.core.quantities import amount
from kubesteer.core.refs import Ref
from kubesteer.planners.rules.cues import WRITES

FOLDER = Path(__file__).parent / "sentences"
KINDLESS = {
    "cordon",
    "uncordon",
    "drain",
    "suspend",
    "resume",
    "trigger",
    "scan",
    "undo",
    "set_service",
    "resize_volume",
}
EVIDENCE = {"get_status", "get_logs", "get_events", "get_usage", "get_rollout", "diagnose"}
NUMBERS = {"replicas", "change", "tail", "revision", "min_replicas", "max_replicas", "cpu_percent"}
SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
DEFAULTS: dict[str, Any] = {"previous": False, "unhealthy": False, "revision": 0, "container": "app"}
ALLOWED_BESIDE = {"tail", "since"}

Step = Plan | Ask | Say


@dataclass(frozen=True)
class Sentence:
    """A conversation and its accepted answers, as written in the file."""

    where: str
    messages: tuple[Message, ...]
    accepted: tuple[str, ...]

    @property
    def conversation(self) -> Conversation:
        """The messages as a planner gets them."""
        return Conversation(self.messages)


def cluster(name: str) -> Inventory:
    """The objects of `NAME.cluster`."""
    return Inventory.of(_item(line) for line in _lines(FOLDER / f"{name}.cluster"))


def corpora(*, held: bool) -> list[tuple[str, str]]:
    """File and cluster of the sets to develop against, or of those held out."""
    names = sorted(path.stem for path in FOLDER.glob("*.txt"))
    return [(n, n.split("-")[0]) for n in names if n.endswith("-held") == held]


def sentences(name: str) -> Iterator[Sentence]:
    """The sentences of `NAME.txt`."""
    for number, line in enumerate((FOLDER / f"{name}.txt").read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        words, _, gold = line.rpartition(" => ")
        parts = [part.strip().replace("\\n", "\n") for part in words.split(" || ")]
        said = tuple(Message("assistant" if i % 2 else "user", part) for i, part in enumerate(parts))
        yield Sentence(f"{name}:{number}", said, tuple(g.strip() for g in gold.split(" // ")))


def right(step: Step, sentence: Sentence) -> bool:
    """Whether a planner's step is one of the accepted answers."""
    return any(_matches(step, gold) for gold in sentence.accepted)


def wrong_writes(step: Step, sentence: Sentence) -> list[Call]:
    """Writes whose operation and target no accepted answer holds."""
    calls = step.calls if isinstance(step, Plan) else ()
    golds = [c for g in sentence.accepted if not re.match(r"say$|ask ", g) for c in _calls(g)]
    known = {_aim(call) for call in golds}
    return [c for c in calls if c.operation in WRITES and _aim(c) not in known]


def _aim(call: Call) -> tuple[Any, ...]:
    return (call.operation, *(call.arguments.get(k) for k in ("kind", "namespace", "name", "operation")))


def _matches(step: Step, gold: str) -> bool:
    if gold == "say":
        return isinstance(step, Say)
    if gold.startswith("ask "):
        return isinstance(step, Ask) and _asks(set(step.missing), set(gold[4:].split(",")))
    return isinstance(step, Plan) and _same(step.calls, _calls(gold))


def _asks(asked: set[str], needed: set[str]) -> bool:
    beside = {"namespace", "kind"} if "name" in needed else {"kind"} if "namespace" in needed else set()
    return bool(asked & needed) and asked <= needed | beside and ("name" in asked or "name" not in needed)


def _same(got: tuple[Call, ...], wanted: list[Call]) -> bool:
    judged = [c.arguments.get("name") for c in wanted if c.condition]
    kept = [
        c
        for c in got
        if c.operation not in EVIDENCE
        or c.arguments.get("name") not in judged
        or any(_equal(c, w) for w in wanted)
    ]  # reads that gather a condition's evidence do not count
    return len(kept) == len(wanted) and all(_equal(g, w) for g, w in zip(kept, wanted, strict=True))


def _equal(got: Call, wanted: Call) -> bool:
    mine, theirs = _plain(got.arguments), _plain(wanted.arguments)
    extra = {k for k in mine if k in ALLOWED_BESIDE and k not in theirs}
    if got.operation == "get_events" and "name" in theirs:
        extra.add("kind")
        theirs.pop("kind", None)
    kept = {k: v for k, v in mine.items() if k not in extra}
    return (got.operation, kept, got.condition) == (wanted.operation, theirs, wanted.condition)


def _plain(arguments: Any) -> dict[str, Any]:
    given = {k: _value(k, v) for k, v in arguments.items() if v not in (None, "")}
    return {k: v for k, v in given.items() if DEFAULTS.get(k, object()) != v}


def _value(key: str, value: Any) -> Any:
    if key in NUMBERS:
        return int(value)
    if key == "since":
        return sum(int(n) * SECONDS[unit] for n, unit in re.findall(r"(\d+)([smhd])", str(value)))
    if key.startswith(("cpu_", "memory_")):
        return amount(value)
    return str(value).lower() if key == "contains" else value


def _calls(gold: str) -> list[Call]:
    return [_call(text) for text in gold.split(" + ")]


def _call(text: str) -> Call:
    text, _, condition = text.partition(" if ")
    operation, *parts = shlex.split(text)
    plain = [p for p in parts if "=" not in p]
    found: dict[str, Any] = dict(p.split("=", 1) for p in parts if "=" in p)
    arguments = {k: True if v == "true" else int(v) if k in NUMBERS else v for k, v in found.items()}
    if operation == "undo" and plain:
        arguments["operation"] = plain[0]
        plain = []
    if operation == "scan" and plain:
        arguments["namespace"] = plain.pop()
    if plain and operation not in KINDLESS and (operation != "get_events" or len(plain) == 2):
        arguments["kind"] = plain.pop(0)
    if plain:
        namespace, slash, name = plain[0].rpartition("/")
        arguments |= {"namespace": namespace} if slash else {}
        arguments |= {"name": name} if name else {}
    return Call(operation, arguments, condition.strip() or None)  # type: ignore[arg-type]


def _item(line: str) -> Item:
    kind, where, *rest = line.split()
    namespace, _, name = where.rpartition("/")
    given = dict(part.split("=", 1) for part in rest)
    replicas = given.pop("replicas", None)
    return Item(Ref(kind, namespace, name), given, int(replicas) if replicas else None)


def _lines(path: Path) -> Iterator[str]:
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            yield line


def never(name: str) -> list[str]:
    """Messages of `NAME.never`: whatever they come to, it is no write."""
    return list(_lines(FOLDER / f"{name}.never"))

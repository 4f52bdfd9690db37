"""Declared behaviour: what a pretended container does, said in annotations of its pod (template).

Every key has the prefix `simulator.kubesteer.io/`. A key holds for all containers of the pod; with a dot
and a container's name behind it (`simulator.kubesteer.io/cpu.proxy`) for that one alone. Values are YAML,
durations are simulated seconds (`30` or `30s`, `5m`, `1h`).

Image
    image-pull: not-found | denied | unreachable     the pull fails in the words of containerd
    start-error: not-found | permission | text       the runtime cannot start the command (exit 128)
    runs-as-root: true                               `runAsNonRoot` then refuses the image
Life
    start-after: 20         seconds from start until the process listens and answers probes
    crash: {code: 1, after: 5, message: …, reason: Error, logs: …}    or just the exit code
    healthy-for: 8          seconds after which the process exits with code 1, having been healthy
    exit-after: 3           the process ends by itself (init containers and Jobs; default 0.5 there)
    exit-code: 0            … with this code
    oom-after: 10           killed for memory after so many seconds, whatever `memory` says
    stop-after: 1           seconds that the process takes to end when it is asked to (default 0.2)
Probes
    ready-after: 15         readiness fails until then
    fail-readiness, fail-liveness, fail-startup: true | message | {after: 30, until: 60, message: …}
    listens: [8080, 9090]   ports that are open beyond the declared containerPorts
    serves: [/healthz]      HTTP paths that exist (default: all); others answer 404
Load
    cpu: 80m                cores used; steps over time since the start: `0s=100m,30s=900m`
    memory: 64Mi            likewise; more than the container's memory limit is an OOM kill
    cpu-total: 2800m        load of the whole workload, shared among its ready pods
Logs
    logs: text              lines; `{time}` is the line's time, `{n}` its number, `{pod}` the pod's name
    log-every: 2            seconds between lines, which then repeat; without it each is written once, at start
    log-history: 40         lines that are there at the start already (with `log-every`)
    log-count: 1000         lines after which the container falls silent
Versions
    image-behaviour: {v2-bad: {crash: {code: 1}}}     by image tag: overrides the keys above for that image
    An image whose tag is `crash` exits with code 1; one whose tag is `does-not-exist` is not found.

Without annotations a container starts within a second, answers every probe on a declared port, uses a
tenth of its CPU request and a third of its memory request, and writes one line.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

import yaml

from kubesteer.simulator.objects import Obj, annotations_of
from kubesteer.simulator.quantities import amount

PREFIX = "simulator.kubesteer.io/"
DURATION = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h)?")
LONGEST = 10.0**9
"""Seconds; later than that is never."""
UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}
CRASH_TAG = "crash"
"""An image with this tag crashes without being told to, as kwok's stages of the contract tests have it."""


def seconds(value: Any, default: float = 0.0) -> float:
    """A duration as written in an annotation; `default` for what is none. Never negative, never endless."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return min(max(float(value), 0.0), LONGEST) if value == value else default
    found = DURATION.fullmatch(value.strip()) if isinstance(value, str) else None
    return min(float(found[1]) * UNITS[found[2] or "s"], LONGEST) if found else default


@dataclass(frozen=True, slots=True)
class Series:
    """A value that steps over time: (seconds since the start, amount), in order."""

    steps: tuple[tuple[float, Decimal], ...]

    def at(self, elapsed: float) -> Decimal:
        """The value after so many seconds."""
        value = self.steps[0][1]
        for start, amount_then in self.steps:
            if start <= elapsed:
                value = amount_then
        return value

    def next_step(self, elapsed: float) -> float | None:
        """Seconds until the next step, None after the last."""
        return next((start - elapsed for start, _ in self.steps if start > elapsed), None)


def series(value: Any) -> Series | None:
    """`80m`, or `0s=100m,30s=900m`."""
    if value is None:
        return None
    steps = []
    for part in str(value).split(","):
        start, sign, size = part.strip().partition("=")
        steps.append((seconds(start), amount(size)) if sign else (0.0, amount(start)))
    return Series(tuple(sorted(steps)))


@dataclass(frozen=True, slots=True)
class Failing:
    """A probe that fails from `after` until `until` seconds."""

    message: str
    after: float = 0.0
    until: float = float("inf")


@dataclass(frozen=True, slots=True)
class Crash:
    """A process that ends badly."""

    code: int
    after: float
    message: str
    reason: str
    logs: str


class Behaviour:
    """What one container does, by the annotations of its pod and the tag of its image."""

    def __init__(self, pod: Obj, container: Obj) -> None:
        self._values = _values(annotations_of(pod), str(container.get("name")), str(container.get("image")))

    def value(self, key: str) -> Any:
        """The declared value, None where nothing is declared."""
        return self._values.get(key)

    def seconds(self, key: str, default: float = 0.0) -> float:
        """A declared duration."""
        return seconds(self.value(key), default)

    def series(self, key: str) -> Series | None:
        """A declared load."""
        return series(self.value(key))

    @property
    def crash(self) -> Crash | None:
        """How the process dies, if it does."""
        declared = self.value("crash")
        if declared is None and self.value("healthy-for") is not None:
            declared = {"after": self.value("healthy-for")}
        if declared is None:
            return None
        told = declared if isinstance(declared, dict) else {"code": declared}
        code = told.get("code", 1)
        return Crash(
            code=code if isinstance(code, int) else 1,
            after=seconds(told.get("after"), 0.5),
            message=str(told.get("message") or ""),
            reason=str(told.get("reason") or "Error"),
            logs=str(told.get("logs") or ""),
        )

    def failing(self, probe: str) -> Failing | None:
        """How the probe `readiness`, `liveness` or `startup` fails, if it does."""
        declared = self.value(f"fail-{probe}")
        if declared in (None, False):
            return None
        default = "HTTP probe failed with statuscode: 503"
        if isinstance(declared, dict):
            until = seconds(declared.get("until"), float("inf"))
            return Failing(str(declared.get("message") or default), seconds(declared.get("after")), until)
        return Failing(default if declared is True else str(declared))

    @property
    def ports(self) -> frozenset[int]:
        """Ports that are open beyond the declared ones."""
        declared = self.value("listens")
        listed = declared if isinstance(declared, list) else [declared]
        return frozenset(port for port in listed if isinstance(port, int))


@lru_cache(maxsize=1024)
def _parsed(text: str) -> Any:
    """A value as YAML; the same object for the same text, so nobody may change it in place."""
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError:
        return text


TEXTS = frozenset({"logs", "cpu", "memory", "cpu-total"})


def _values(annotations: Mapping[str, str], container: str, image: str) -> dict[str, Any]:
    own: dict[str, Any] = {}
    for key, text in annotations.items():
        if key.startswith(PREFIX):
            name, _, where = key.removeprefix(PREFIX).partition(".")
            if where in ("", container) and (where or name not in own):
                own[name] = text if name in TEXTS else _parsed(str(text))
    by_tag = own.pop("image-behaviour", None)
    tag = image.rsplit("/", 1)[-1].partition(":")[2]
    if tag == CRASH_TAG:
        own.setdefault("crash", 1)
    if isinstance(by_tag, dict) and isinstance(by_tag.get(tag), dict):
        own.update(by_tag[tag])
    return own

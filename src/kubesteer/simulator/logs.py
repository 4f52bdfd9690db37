"""Container logs, computed from declared behaviour and from the times in a pod's status.

Nothing is stored: line *i* of a container was written `i × log-every` seconds after its start.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from kubesteer.simulator.behaviour import Behaviour
from kubesteer.simulator.clock import Clock, micro_stamp, parse_stamp, stamp
from kubesteer.simulator.failures import Failure, bad_request
from kubesteer.simulator.objects import Obj, dig, items, name_of, number, section, text

Line = tuple[datetime, str]
KEPT_LINES = 200_000
"""What a node keeps of a container's log before rotation takes the oldest."""
NEW_LINES = 1_000
LONGEST_SINCE = 10 * 365 * 86400
LONGEST_OFFSET = 10.0**9
"""Seconds between a container's start and any line of its log."""
DEFAULT_CONTAINER = "kubectl.kubernetes.io/default-container"


@dataclass(frozen=True, slots=True)
class Instance:
    """One life of a container."""

    started: datetime
    finished: datetime | None
    restarts: int
    failed: bool


def _containers(pod: Obj) -> list[Obj]:
    return [*items(pod, "spec", "initContainers"), *items(pod, "spec", "containers")]


def _chosen(pod: Obj, asked: str) -> Obj:
    names = [container["name"] for container in items(pod, "spec", "containers")]
    if not asked:
        if len(names) == 1:
            return items(pod, "spec", "containers")[0]
        listed = " ".join(names)
        message = f"a container name must be specified for pod {name_of(pod)}, choose one of: [{listed}]"
        if first := [container["name"] for container in items(pod, "spec", "initContainers")]:
            message += f" or one of the init containers: [{' '.join(first)}]"
        raise bad_request(message)
    found = next((c for c in _containers(pod) if c["name"] == asked), None)
    if found is None:
        raise bad_request(f"container {asked} is not valid for pod {name_of(pod)}")
    return found


def _status(pod: Obj, container: str) -> Obj:
    both = [*items(pod, "status", "containerStatuses"), *items(pod, "status", "initContainerStatuses")]
    return next((status for status in both if status.get("name") == container), {})


def _ended(state: Obj, restarts: int) -> Instance:
    return Instance(
        parse_stamp(state["startedAt"]),
        parse_stamp(state["finishedAt"]),
        restarts,
        number(state, "exitCode") != 0,
    )


def instance_of(pod: Obj, container: str, *, previous: bool) -> Instance:
    """The life whose log is wanted. Raises Failure 400 where there is none."""
    status = _status(pod, container)
    restarts = number(status, "restartCount")
    last = section(status, "lastState", "terminated")
    if previous:
        if not last.get("startedAt"):
            message = f'previous terminated container "{container}" in pod "{name_of(pod)}" not found'
            raise bad_request(message)
        return _ended(last, restarts - 1)
    state = section(status, "state")
    if started := dig(state, "running", "startedAt"):
        return Instance(parse_stamp(started), None, restarts, False)
    if dig(state, "terminated", "startedAt"):
        return _ended(section(state, "terminated"), restarts)
    if last.get("startedAt"):
        return _ended(last, restarts - 1)
    reason = text(state, "waiting", "reason")
    raise bad_request(_why_waiting(pod, container, reason))


def _why_waiting(pod: Obj, container: str, reason: str) -> str:
    if not text(pod, "spec", "nodeName"):
        return f"pod {name_of(pod)} does not have a host assigned"
    about = f'container "{container}" in pod "{name_of(pod)}" is waiting to start'
    if reason in ("ErrImagePull", "ImagePullBackOff", "InvalidImageName"):
        return f"{about}: trying and failing to pull image"
    return f"{about}: {reason or 'ContainerCreating'}"


class Logs:
    """Answers `pods/log`."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock

    def lines(self, pod: Obj, container: Obj, life: Instance, last: int = KEPT_LINES) -> Iterator[Line]:
        """The last so many lines of a life, each with its time; those of a crash come on top."""
        behaviour = Behaviour(pod, container)
        written = (text_of(behaviour, container) or "").splitlines()
        every = behaviour.seconds("log-every") / self.clock.speed
        end = life.finished or self.clock.now()
        history, count = _extent(behaviour, len(written), every, end - life.started)
        for index in range(max(0, count - min(last, KEPT_LINES)), count):
            offset = min(max((index - history) * every, -LONGEST_OFFSET), LONGEST_OFFSET)
            moment = life.started + timedelta(seconds=offset)
            yield moment, _filled(written[index % len(written)], moment, index, pod)
        crash = behaviour.crash
        if life.failed and crash is not None:
            for line in crash.logs.splitlines():
                yield end, _filled(line, end, count, pod)

    def read(self, pod: Obj, query: Mapping[str, str]) -> bytes:
        """The answer to a request. Raises Failure 400 and 422."""
        found, _ = self.told(pod, query)
        whole = written_out(found, query)
        limit = query.get("limitBytes")
        return whole[: _integer(limit, "limitBytes")] if limit else whole

    def told(self, pod: Obj, query: Mapping[str, str]) -> tuple[list[Line], bool]:
        """The lines that a request asks for, and whether the container still writes. Raises Failure 400, 422."""
        container = _chosen(pod, query.get("container", ""))
        previous = query.get("previous", "").lower() == "true"
        life = instance_of(pod, container["name"], previous=previous)
        tail = query.get("tailLines")
        last = _integer(tail, "tailLines") if tail else KEPT_LINES
        start = self._start(query)
        found = [line for line in self.lines(pod, container, life, last) if start is None or line[0] >= start]
        return found[-last:] if last else [], life.finished is None

    def later(self, pod: Obj, query: Mapping[str, str], moment: datetime) -> tuple[list[Line], bool]:
        """The lines after a moment, and whether the container still writes. Raises Failure 400."""
        container = _chosen(pod, query.get("container", ""))
        life = instance_of(pod, container["name"], previous=False)
        found = [line for line in self.lines(pod, container, life, NEW_LINES) if line[0] > moment]
        return found, life.finished is None

    def _start(self, query: Mapping[str, str]) -> datetime | None:
        if since := query.get("sinceSeconds"):
            return self.clock.now() - timedelta(seconds=min(_integer(since, "sinceSeconds"), LONGEST_SINCE))
        if since := query.get("sinceTime"):
            try:
                return parse_stamp(since)
            except ValueError:
                raise bad_request(f'parsing time "{since}": cannot parse it as RFC 3339') from None
        return None


def _extent(behaviour: Behaviour, written: int, every: float, lasted: timedelta) -> tuple[int, int]:
    """How many lines were there at the start already, and how many there are in all."""
    if not every or not written:
        return 0, written
    declared, limit = behaviour.value("log-history"), behaviour.value("log-count")
    history = min(max(declared, 0), KEPT_LINES) if isinstance(declared, int) else 0
    count = history + int(lasted.total_seconds() / every) + 1
    return history, min(count, limit) if isinstance(limit, int) else count


def _integer(value: str, name: str) -> int:
    try:
        number_given = int(value)
    except ValueError:
        raise bad_request(f'strconv.ParseInt: parsing "{value}": invalid syntax') from None
    if number_given < 0 or (name in ("sinceSeconds", "limitBytes") and number_given < 1):
        bound = "must be greater than 0" if name != "tailLines" else "must be greater than or equal to 0"
        message = f'PodLogOptions "" is invalid: {name}: Invalid value: {number_given}: {bound}'
        raise Failure(422, "Invalid", message)
    return number_given


def written_out(found: list[Line], query: Mapping[str, str]) -> bytes:
    """Lines as they are sent, with their times where those are asked for."""
    stamped = query.get("timestamps", "").lower() == "true"
    return "".join(f"{micro_stamp(at)} {line}\n" if stamped else f"{line}\n" for at, line in found).encode()


def _filled(line: str, moment: datetime, index: int, pod: Obj) -> str:
    if "{" not in line:
        return line
    if "{time}" in line:
        line = line.replace("{time}", stamp(moment))
    return line.replace("{n}", str(index)).replace("{pod}", name_of(pod))


def text_of(behaviour: Behaviour, container: Obj) -> str:
    """The declared lines, or the one that every container writes."""
    declared = behaviour.value("logs")
    if declared is None:
        return f"{{time}} INFO {container['name']} started"
    return "\n".join(map(str, declared)) if isinstance(declared, list) else str(declared)

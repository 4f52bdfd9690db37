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

KEPT_LINES = 20_000
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

    def lines(self, pod: Obj, container: Obj, life: Instance) -> Iterator[tuple[datetime, str]]:
        """Every line of a life that is still kept, with its time."""
        behaviour = Behaviour(pod, container)
        written = (text_of(behaviour, container) or "").splitlines()
        end = life.finished or self.clock.now()
        every = behaviour.seconds("log-every") / self.clock.speed
        limit = behaviour.value("log-count")
        count = len(written)
        history = 0
        if every and written:
            declared = behaviour.value("log-history")
            history = declared if isinstance(declared, int) else 0
            count = history + int((end - life.started).total_seconds() / every) + 1
        if isinstance(limit, int):
            count = min(count, limit) if every else count
        for index in range(max(0, count - KEPT_LINES), count):
            moment = life.started + timedelta(seconds=(index - history) * every)
            line = written[index % len(written)]
            yield moment, _filled(line, moment, index, pod)
        crash = behaviour.crash
        if life.failed and crash is not None:
            for line in crash.logs.splitlines():
                yield end, _filled(line, end, count, pod)

    def read(self, pod: Obj, query: Mapping[str, str]) -> bytes:
        """The answer to a request. Raises Failure 400."""
        container = _chosen(pod, query.get("container", ""))
        previous = query.get("previous", "").lower() == "true"
        life = instance_of(pod, container["name"], previous=previous)
        found = list(self.lines(pod, container, life))
        if since := query.get("sinceSeconds"):
            start = self.clock.now() - timedelta(seconds=_integer(since, "sinceSeconds"))
            found = [entry for entry in found if entry[0] >= start]
        elif since := query.get("sinceTime"):
            found = [entry for entry in found if entry[0] >= parse_stamp(since)]
        if tail := query.get("tailLines"):
            wanted = _integer(tail, "tailLines")
            found = found[-wanted:] if wanted else []
        stamped = query.get("timestamps", "").lower() == "true"
        return _limited(found, query, stamped=stamped)


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


def _limited(found: list[tuple[datetime, str]], query: Mapping[str, str], *, stamped: bool) -> bytes:
    whole = "".join(f"{micro_stamp(at)} {line}\n" if stamped else f"{line}\n" for at, line in found).encode()
    limit = query.get("limitBytes")
    return whole[: _integer(limit, "limitBytes")] if limit else whole


def _filled(line: str, moment: datetime, index: int, pod: Obj) -> str:
    return line.replace("{time}", stamp(moment)).replace("{n}", str(index)).replace("{pod}", name_of(pod))


def text_of(behaviour: Behaviour, container: Obj) -> str:
    """The declared lines, or the one that every container writes."""
    declared = behaviour.value("logs")
    if declared is None:
        return f"{{time}} INFO {container['name']} started"
    return "\n".join(map(str, declared)) if isinstance(declared, list) else str(declared)

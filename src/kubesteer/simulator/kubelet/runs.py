"""The memory of a kubelet: each pod's containers with times finer than a status carries."""

import secrets
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256

from kubesteer.simulator.clock import stamp
from kubesteer.simulator.objects import Obj, items


@dataclass(slots=True)
class ProbeState:
    """Where a probe stands."""

    due: datetime
    successes: int = 0
    failures: int = 0


@dataclass(slots=True)
class ContainerRun:
    """One container of one pod."""

    name: str
    image: str
    reason: str = "ContainerCreating"
    """Why it waits, while it does."""
    message: str = ""
    ready_at: datetime | None = None
    """When the next attempt (pull, start, restart) is due."""
    pulled: bool = False
    pulls: int = 0
    pull_ends: datetime | None = None
    """When the image will be there, while it is on its way."""
    id: str = ""
    started: datetime | None = None
    finished: datetime | None = None
    exit_code: int = 0
    exit_reason: str = ""
    exit_message: str = ""
    restarts: int = 0
    crashes: int = 0
    """Ends in a row, for the back-off; a long life resets it."""
    last: Obj | None = None
    """The `terminated` state of the life before."""
    startup_passed: bool = False
    ready: bool = False
    probes: dict[str, ProbeState] = field(default_factory=dict)

    @property
    def running(self) -> bool:
        """Whether a process is alive."""
        return self.started is not None and self.finished is None

    @property
    def ended(self) -> bool:
        """Whether the last process has ended and no new one has begun."""
        return self.finished is not None

    @property
    def over(self) -> bool:
        """Whether the last process has ended and no restart has been decided on."""
        return self.ended and not self.reason and self.ready_at is None

    def start(self, now: datetime) -> None:
        """A new process."""
        self.id = f"containerd://{secrets.token_hex(32)}"
        self.started, self.finished = now, None
        self.reason = self.message = ""
        self.startup_passed = self.ready = False
        self.probes.clear()

    def end(self, now: datetime, code: int, reason: str, message: str = "") -> None:
        """The process is over."""
        self.finished = now
        self.exit_code, self.exit_reason, self.exit_message = code, reason, message
        self.ready = self.startup_passed = False

    def terminated(self) -> Obj:
        """The `terminated` state of the life that ended."""
        state: Obj = {
            "exitCode": self.exit_code,
            "reason": self.exit_reason,
            "startedAt": stamp(self.started) if self.started else None,
            "finishedAt": stamp(self.finished) if self.finished else None,
            "containerID": self.id,
        }
        if self.exit_message:
            state["message"] = self.exit_message
        return state

    def state(self) -> Obj:
        """`state` of the container's status."""
        if self.reason:
            waiting: Obj = {"reason": self.reason}
            if self.message:
                waiting["message"] = self.message
            return {"waiting": waiting}
        if self.ended:
            return {"terminated": self.terminated()}
        if self.started:
            return {"running": {"startedAt": stamp(self.started)}}
        return {"waiting": {"reason": "ContainerCreating"}}

    def status(self) -> Obj:
        """The container's status."""
        return {
            "name": self.name,
            "state": self.state(),
            "lastState": {"terminated": self.last} if self.last else {},
            "ready": self.ready,
            "restartCount": self.restarts,
            "image": self.image,
            "imageID": image_id(self.image) if self.pulled else "",
            "started": self.startup_passed,
            **({"containerID": self.id} if self.id else {}),
        }


def image_id(image: str) -> str:
    """A digest that is the same for the same image."""
    name = image.rsplit("@", 1)[0].rsplit(":", 1)[0] if "/" in image or ":" in image else image
    return f"{name}@sha256:{sha256(image.encode()).hexdigest()}"


@dataclass(slots=True)
class PodRun:
    """One pod on its node."""

    started: datetime
    ip: str
    init: list[ContainerRun]
    main: list[ContainerRun]
    mounts_failing: bool = False
    failed_reason: str = ""
    failed_message: str = ""
    stopping: datetime | None = None
    """When its processes will have ended, once it is being deleted."""

    @property
    def all(self) -> list[ContainerRun]:
        """Init containers, then the others."""
        return [*self.init, *self.main]


def begin(pod: Obj, now: datetime, ip: str) -> PodRun:
    """A pod that has just arrived."""
    init = [
        ContainerRun(c["name"], c["image"], "PodInitializing") for c in items(pod, "spec", "initContainers")
    ]
    waiting = "PodInitializing" if init else "ContainerCreating"
    main = [ContainerRun(c["name"], c["image"], waiting) for c in items(pod, "spec", "containers")]
    return PodRun(now, ip, init, main)

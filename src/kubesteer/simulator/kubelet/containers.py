"""The life of one container: pull, configure, start, run, be probed, end, be restarted.

Source: pkg/kubelet/kuberuntime/kuberuntime_container.go and pkg/kubelet/images of the 1.34 release.
"""

from datetime import timedelta
from decimal import Decimal

from kubesteer.simulator.behaviour import Behaviour
from kubesteer.simulator.clock import Clock
from kubesteer.simulator.events import Recorder
from kubesteer.simulator.kubelet.configs import config_error
from kubesteer.simulator.kubelet.images import invalid_name, pull_error, pull_reason
from kubesteer.simulator.kubelet.loads import Loads
from kubesteer.simulator.kubelet.probes import TITLES, Prober
from kubesteer.simulator.kubelet.runs import ContainerRun, PodRun
from kubesteer.simulator.objects import Obj, items, name_of, namespace_of, number, section, text, uid_of
from kubesteer.simulator.quantities import amount
from kubesteer.simulator.store import Store

BACKOFF_FIRST, BACKOFF_LONGEST, BACKOFF_RESET = 10.0, 300.0, 600.0
"""Seconds: https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#restart-policy"""
PULL_SECONDS = 0.3
DEFAULT_RUN_SECONDS = 0.5
START_ERRORS = {
    "not-found": 'exec: "{command}": executable file not found in $PATH',
    "permission": 'exec: "{command}": permission denied',
}


class ContainerLife:
    """Advances one container; all of its steps are taken as their times come."""

    def __init__(self, store: Store, clock: Clock, recorder: Recorder, loads: Loads) -> None:
        self.store = store
        self.clock = clock
        self.recorder = recorder
        self.loads = loads

    def advance(
        self, pod: Obj, spec: Obj, run: ContainerRun, host: PodRun, *, policy: str, finite: bool
    ) -> None:
        """Do what is due. `policy` is the restart policy; `finite` says that the process ends by itself."""
        behaviour = Behaviour(pod, spec)
        now = self.clock.now()
        if run.running:
            self._live(pod, spec, run, host, behaviour, finite=finite)
        if run.ended and not run.reason:
            self._after_end(pod, spec, run, policy)
        if (
            not run.running
            and not (run.ended and not run.reason)
            and (run.ready_at is None or run.ready_at <= now)
        ):
            self._bring_up(pod, spec, run, behaviour)

    def _event(self, pod: Obj, spec: Obj, kind: str, reason: str, message: str) -> None:
        field = "initContainers" if spec in items(pod, "spec", "initContainers") else "containers"
        path = f"spec.{field}{{{spec['name']}}}"
        host = text(pod, "spec", "nodeName")
        self.recorder.record(pod, kind, reason, message, "kubelet", path=path, host=host)

    def _bring_up(self, pod: Obj, spec: Obj, run: ContainerRun, behaviour: Behaviour) -> None:
        if run.reason in ("PodInitializing", ""):
            run.reason = "ContainerCreating"
        if run.image != spec["image"]:
            run.image, run.pulled = spec["image"], False
        if not run.pulled and not self._pull(pod, spec, run, behaviour):
            return
        if error := config_error(self.store, pod, spec, behaviour):
            run.reason, run.message = "CreateContainerConfigError", error
            run.ready_at = self.clock.after(BACKOFF_FIRST)
            self._event(pod, spec, "Warning", "Failed", f"Error: {error}")
            return
        self._start(pod, spec, run, behaviour)

    def _pull(self, pod: Obj, spec: Obj, run: ContainerRun, behaviour: Behaviour) -> bool:
        """Whether the image is there now."""
        image = spec["image"]
        if wrong := invalid_name(image):
            run.reason, run.message = "InvalidImageName", wrong
            run.ready_at = self.clock.after(BACKOFF_FIRST)
            self._event(pod, spec, "Warning", "InspectFailed", wrong)
            return False
        if error := pull_error(image, behaviour):
            self._pull_failed(pod, spec, run, error)
            return False
        if run.reason != "Pulling" and spec.get("imagePullPolicy") != "Never":
            self._event(pod, spec, "Normal", "Pulling", f'Pulling image "{image}"')
            run.reason, run.ready_at = "Pulling", self.clock.after(PULL_SECONDS)
            return False
        took = round(PULL_SECONDS * 1000)
        message = (
            f'Successfully pulled image "{image}" in {took}ms ({took}ms including waiting). '
            "Image size: 71234567 bytes."
        )
        self._event(pod, spec, "Normal", "Pulled", message)
        run.pulled = True
        return True

    def _pull_failed(self, pod: Obj, spec: Obj, run: ContainerRun, error: str) -> None:
        image = spec["image"]
        if spec.get("imagePullPolicy") == "Never":
            run.reason = "ErrImageNeverPull"
            run.message = f'Container image "{image}" is not present with pull policy of Never'
            run.ready_at = self.clock.after(BACKOFF_FIRST)
            self._event(pod, spec, "Warning", "ErrImageNeverPull", run.message)
        elif (
            run.reason in ("ErrImagePull", "ImagePullBackOff") and run.pulls and run.reason == "ErrImagePull"
        ):
            run.reason = "ImagePullBackOff"
            run.message = f'Back-off pulling image "{image}": ErrImagePull: {pull_reason(error)}'
            wait = min(BACKOFF_FIRST * 2 ** (run.pulls - 1), BACKOFF_LONGEST)
            run.ready_at = self.clock.after(wait)
            self._event(pod, spec, "Normal", "BackOff", f'Back-off pulling image "{image}"')
            self._event(pod, spec, "Warning", "Failed", "Error: ImagePullBackOff")
        else:
            run.pulls += 1
            run.reason, run.message = "ErrImagePull", pull_reason(error)
            run.ready_at = self.clock.after(1.0)
            self._event(pod, spec, "Normal", "Pulling", f'Pulling image "{image}"')
            self._event(
                pod, spec, "Warning", "Failed", f'Failed to pull image "{image}": {pull_reason(error)}'
            )
            self._event(pod, spec, "Warning", "Failed", "Error: ErrImagePull")

    def _start(self, pod: Obj, spec: Obj, run: ContainerRun, behaviour: Behaviour) -> None:
        if run.ended:
            run.last = run.terminated()
            run.restarts += 1
        now = self.clock.now()
        run.start(now)
        run.ready_at = None
        self._event(pod, spec, "Normal", "Created", f"Created container: {spec['name']}")
        if error := _start_error(spec, behaviour):
            code = 126 if "permission" in error else 128
            run.end(now, 127 if "not found" in error and spec.get("command") else code, "StartError", error)
            self._event(pod, spec, "Warning", "Failed", f"Error: {error}")
            return
        self._event(pod, spec, "Normal", "Started", f"Started container {spec['name']}")

    def _live(
        self, pod: Obj, spec: Obj, run: ContainerRun, host: PodRun, behaviour: Behaviour, *, finite: bool
    ) -> None:
        if self._die(pod, spec, run, behaviour, finite=finite):
            return
        prober = Prober(self.clock, pod, spec, behaviour)
        if prober.spec("startup") and not run.startup_passed:
            self._probe_to_death("startup", pod, spec, run, host, prober)
            return
        run.startup_passed = True
        if prober.spec("liveness"):
            self._probe_to_death("liveness", pod, spec, run, host, prober)
        if run.running:
            self._probe_readiness(pod, spec, run, host, prober)

    def _die(self, pod: Obj, spec: Obj, run: ContainerRun, behaviour: Behaviour, *, finite: bool) -> bool:
        """End the process if its time has come; whether it has."""
        started = run.started or self.clock.now()
        death = death_of(behaviour, finite=finite)
        out_of_memory = self._out_of_memory_at(spec, behaviour)
        if out_of_memory is not None and (death is None or out_of_memory <= death[0]):
            death = (out_of_memory, 137, "OOMKilled", "")
        if death is None or self.clock.elapsed(started) < death[0]:
            return False
        after, code, reason, message = death
        run.end(started + timedelta(seconds=after / self.clock.speed), code, reason, message)
        del pod
        return True

    def _out_of_memory_at(self, spec: Obj, behaviour: Behaviour) -> float | None:
        if behaviour.value("oom-after") is not None:
            return behaviour.seconds("oom-after")
        limit, load = section(spec, "resources", "limits").get("memory"), behaviour.series("memory")
        if limit is None or load is None:
            return None
        bound: Decimal = amount(limit)
        return next((max(start, DEFAULT_RUN_SECONDS) for start, used in load.steps if used > bound), None)

    def _probe_to_death(
        self, kind: str, pod: Obj, spec: Obj, run: ContainerRun, host: PodRun, prober: Prober
    ) -> None:
        found = prober.run(kind, run, host)
        if found is None:
            return
        message, failures, _ = found
        if not message:
            run.startup_passed = True
            return
        self._event(pod, spec, "Warning", "Unhealthy", f"{TITLES[kind]} probe failed: {message}")
        if failures >= number(prober.spec(kind), "failureThreshold", default=3):
            restarted = f"Container {spec['name']} failed {kind} probe, will be restarted"
            self._event(pod, spec, "Normal", "Killing", restarted)
            run.end(self.clock.now(), 137, "Error")

    def _probe_readiness(self, pod: Obj, spec: Obj, run: ContainerRun, host: PodRun, prober: Prober) -> None:
        probe = prober.spec("readiness")
        if not probe:
            run.ready = prober.declared_failure("readiness", run) is None
            return
        found = prober.run("readiness", run, host)
        if found is None:
            return
        message, failures, successes = found
        if message:
            self._event(pod, spec, "Warning", "Unhealthy", f"Readiness probe failed: {message}")
            if failures >= number(probe, "failureThreshold", default=3) or not run.ready:
                run.ready = False
        elif successes >= number(probe, "successThreshold", default=1):
            run.ready = True

    def _after_end(self, pod: Obj, spec: Obj, run: ContainerRun, policy: str) -> None:
        if policy == "Never" or (policy == "OnFailure" and run.exit_code == 0):
            return
        lived = (run.finished or self.clock.now()) - (run.started or self.clock.now())
        if lived.total_seconds() * self.clock.speed >= BACKOFF_RESET:
            run.crashes = 0
        run.crashes += 1
        if run.crashes == 1:
            run.ready_at = self.clock.after(1.0)
            run.reason, run.message = "", ""
            self._restart_soon(run)
            return
        wait = min(BACKOFF_FIRST * 2 ** (run.crashes - 2), BACKOFF_LONGEST)
        about = f"{spec['name']} in pod {name_of(pod)}_{namespace_of(pod)}({uid_of(pod)})"
        run.last = run.terminated()
        run.reason = "CrashLoopBackOff"
        run.message = f"back-off {backoff_text(wait)} restarting failed container={spec['name']} pod={about.split('pod ')[1]}"
        run.ready_at = self.clock.after(wait)
        self._event(pod, spec, "Warning", "BackOff", f"Back-off restarting failed container {about}")

    def _restart_soon(self, run: ContainerRun) -> None:
        """The first restart comes at once, without a back-off being shown."""
        run.last = run.terminated()
        run.reason = "ContainerCreating"
        run.message = ""


def backoff_text(seconds: float) -> str:
    """`10s`, `1m20s`, `5m0s`."""
    whole = int(seconds)
    return f"{whole}s" if whole < 60 else f"{whole // 60}m{whole % 60}s"


def _start_error(spec: Obj, behaviour: Behaviour) -> str | None:
    declared = behaviour.value("start-error")
    if declared is None:
        return None
    command = (spec.get("command") or ["app"])[0]
    why = START_ERRORS.get(str(declared), str(declared)).format(command=command)
    return (
        "failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create "
        f"failed: unable to start container process: error during container init: {why}"
    )


def death_of(behaviour: Behaviour, *, finite: bool) -> tuple[float, int, str, str] | None:
    """(seconds, exit code, reason, message) of the end that is declared, None for a process that stays."""
    if crash := behaviour.crash:
        return crash.after, crash.code, crash.reason, crash.message
    declared = behaviour.value("exit-after")
    if declared is None and not finite:
        return None
    code = behaviour.value("exit-code")
    code = code if isinstance(code, int) else 0
    return behaviour.seconds("exit-after", DEFAULT_RUN_SECONDS), code, "Error" if code else "Completed", ""


def next_step(
    clock: Clock, spec: Obj, run: ContainerRun, behaviour: Behaviour, *, finite: bool
) -> float | None:
    """Wall-clock seconds until something happens to a running container by itself, None for never."""
    now = clock.now()
    waits = [(state.due - now).total_seconds() for state in run.probes.values()]
    if run.started is not None and run.running:
        elapsed = clock.elapsed(run.started)
        if (failing := behaviour.failing("readiness")) and not section(spec, "readinessProbe"):
            turns = (failing.after - elapsed, failing.until - elapsed)
            waits += [wait / clock.speed for wait in turns if 0 < wait < float("inf")]
        ends = [death_of(behaviour, finite=finite)]
        waits += [(end[0] - elapsed) / clock.speed for end in ends if end is not None]
        load = behaviour.series("memory")
        step = load.next_step(elapsed) if load else None
        waits += [step / clock.speed] if step is not None else []
        oom = behaviour.value("oom-after")
        waits += [(behaviour.seconds("oom-after") - elapsed) / clock.speed] if oom is not None else []
        if section(spec, "resources", "limits").get("memory") and load:
            waits += [(DEFAULT_RUN_SECONDS - elapsed) / clock.speed]
    elif run.ready_at is not None:
        waits.append((run.ready_at - now).total_seconds())
    waits = [wait for wait in waits if wait > 0] or ([] if not waits else [0.0])
    return min(waits) if waits else None

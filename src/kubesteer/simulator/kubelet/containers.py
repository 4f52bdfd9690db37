"""The life of one container: configure, start, run, be probed, end, be restarted.

Source: pkg/kubelet/kuberuntime/kuberuntime_container.go of the 1.34 release.
"""

from datetime import timedelta

from kubesteer.simulator.behaviour import Behaviour
from kubesteer.simulator.clock import Clock
from kubesteer.simulator.kubelet.configs import config_error
from kubesteer.simulator.kubelet.endings import KILLED, ending_of, start_error
from kubesteer.simulator.kubelet.probes import TITLES, Prober
from kubesteer.simulator.kubelet.pulls import Puller
from kubesteer.simulator.kubelet.runs import ContainerRun, PodRun
from kubesteer.simulator.kubelet.tellers import Teller
from kubesteer.simulator.objects import Obj, name_of, namespace_of, number, uid_of
from kubesteer.simulator.store import Store

BACKOFF_FIRST, BACKOFF_LONGEST, BACKOFF_RESET = 10.0, 300.0, 600.0
"""Seconds: https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#restart-policy"""
CONFIG_ERROR = "CreateContainerConfigError"


class ContainerLife:
    """Advances one container; all of its steps are taken as their times come."""

    def __init__(self, store: Store, clock: Clock, teller: Teller) -> None:
        self.store = store
        self.clock = clock
        self.teller = teller
        self.puller = Puller(clock, teller)

    def advance(
        self, pod: Obj, spec: Obj, run: ContainerRun, host: PodRun, *, policy: str, finite: bool
    ) -> None:
        """Do what is due. `policy` is the restart policy; `finite` says that the process ends by itself."""
        behaviour = Behaviour(pod, spec)
        if run.running:
            self._live(pod, spec, run, host, behaviour, finite=finite)
        if run.over:
            self._after_end(pod, spec, run, policy)
        due = run.ready_at is None or run.ready_at <= self.clock.now()
        if not run.running and not run.over and due:
            self._bring_up(pod, spec, run, behaviour)

    def _bring_up(self, pod: Obj, spec: Obj, run: ContainerRun, behaviour: Behaviour) -> None:
        if run.reason == "PodInitializing":
            run.reason = "ContainerCreating"
        if run.image != spec["image"]:
            run.image, run.pulled, run.pull_ends = spec["image"], False, None
        if not run.pulled and not self.puller.pull(pod, spec, run, behaviour):
            return
        if error := config_error(self.store, pod, spec, behaviour):
            run.reason, run.message = CONFIG_ERROR, error
            run.ready_at = self.clock.after(BACKOFF_FIRST)
            self.teller.container(pod, spec, "Warning", "Failed", f"Error: {error}")
            return
        self._start(pod, spec, run, behaviour)

    def _start(self, pod: Obj, spec: Obj, run: ContainerRun, behaviour: Behaviour) -> None:
        if run.ended:
            run.last = run.terminated()
            run.restarts += 1
            self.puller.tell_pulled(pod, spec)
        run.start(self.clock.now())
        run.ready_at = None
        self.teller.container(pod, spec, "Normal", "Created", f"Created container: {spec['name']}")
        if error := start_error(spec, behaviour):
            run.end(self.clock.now(), error.code, error.reason, error.message)
            self.teller.container(pod, spec, "Warning", "Failed", f"Error: {error.message}")
            return
        self.teller.container(pod, spec, "Normal", "Started", f"Started container {spec['name']}")

    def _live(
        self, pod: Obj, spec: Obj, run: ContainerRun, host: PodRun, behaviour: Behaviour, *, finite: bool
    ) -> None:
        if self._die(spec, run, behaviour, finite=finite):
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

    def _die(self, spec: Obj, run: ContainerRun, behaviour: Behaviour, *, finite: bool) -> bool:
        """End the process if its time has come; whether it has."""
        started = run.started or self.clock.now()
        end = ending_of(spec, behaviour, finite=finite)
        if end is None or self.clock.elapsed(started) < end.after:
            return False
        moment = started + timedelta(seconds=end.after / self.clock.speed)
        run.end(moment, end.code, end.reason, end.message)
        return True

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
        self.teller.container(pod, spec, "Warning", "Unhealthy", f"{TITLES[kind]} probe failed: {message}")
        if failures >= number(prober.spec(kind), "failureThreshold", default=3):
            restarted = f"Container {spec['name']} failed {kind} probe, will be restarted"
            self.teller.container(pod, spec, "Normal", "Killing", restarted)
            run.end(self.clock.now(), KILLED, "Error")

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
            self.teller.container(pod, spec, "Warning", "Unhealthy", f"Readiness probe failed: {message}")
            if failures >= number(probe, "failureThreshold", default=3) or not run.ready:
                run.ready = False
        elif successes >= number(probe, "successThreshold", default=1):
            run.ready = True

    def _after_end(self, pod: Obj, spec: Obj, run: ContainerRun, policy: str) -> None:
        """Decide on a restart: the first comes soon and shows how the process ended, later ones are put off."""
        if policy == "Never" or (policy == "OnFailure" and run.exit_code == 0):
            return
        lived = (run.finished or self.clock.now()) - (run.started or self.clock.now())
        if lived.total_seconds() * self.clock.speed >= BACKOFF_RESET:
            run.crashes = 0
        run.crashes += 1
        if run.crashes == 1:
            run.ready_at = self.clock.after(1.0)
            return
        wait = min(BACKOFF_FIRST * 2 ** (run.crashes - 2), BACKOFF_LONGEST)
        where = f"{name_of(pod)}_{namespace_of(pod)}({uid_of(pod)})"
        run.last = run.terminated()
        run.reason = "CrashLoopBackOff"
        run.message = f"back-off {backoff_text(wait)} restarting failed container={spec['name']} pod={where}"
        run.ready_at = self.clock.after(wait)
        told = f"Back-off restarting failed container {spec['name']} in pod {where}"
        self.teller.container(pod, spec, "Warning", "BackOff", told)


def backoff_text(seconds: float) -> str:
    """`10s`, `1m20s`, `5m0s`."""
    whole = int(seconds)
    return f"{whole}s" if whole < 60 else f"{whole // 60}m{whole % 60}s"

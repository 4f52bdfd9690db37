"""All nodes' kubelets in one: a controller over the pods that are bound to a node."""

from collections.abc import Iterable

from kubesteer.simulator.behaviour import Behaviour
from kubesteer.simulator.deletion import Deletion, delete
from kubesteer.simulator.events import Recorder
from kubesteer.simulator.kubelet.addresses import Addresses, node_address
from kubesteer.simulator.kubelet.configs import missing_pull_secrets, mount_errors
from kubesteer.simulator.kubelet.containers import CONFIG_ERROR, ContainerLife
from kubesteer.simulator.kubelet.endings import KILLED, next_step
from kubesteer.simulator.kubelet.runs import PodRun, begin
from kubesteer.simulator.kubelet.statuses import initialized, phase, restartable, status_of
from kubesteer.simulator.kubelet.tellers import Teller
from kubesteer.simulator.objects import (
    Obj,
    condition_is,
    items,
    name_of,
    namespace_of,
    number,
    terminating,
    text,
    uid_of,
)
from kubesteer.simulator.registry import Resource
from kubesteer.simulator.store import Change, ObjectKey
from kubesteer.simulator.writes import Cluster, Writer

PODS, NODES = ("", "pods"), ("", "nodes")
CONFIGS = frozenset({("", "configmaps"), ("", "secrets")})
OVER = ("Succeeded", "Failed")
WRITER = Writer("kubelet", "status", trusted=True)
STOP_SECONDS = 0.2
MOUNT_RETRY_SECONDS = 2.0


class Kubelet:
    """Keeps `PodRun`s and writes pod statuses from them."""

    def __init__(self, cluster: Cluster, recorder: Recorder) -> None:
        self.cluster = cluster
        self.teller = Teller(recorder)
        self.life = ContainerLife(cluster.store, cluster.clock, self.teller)
        self._runs: dict[str, PodRun] = {}
        self._addresses = Addresses()
        self._pods: Resource = cluster.registry.named("pods")

    def concerns(self, change: Change) -> Iterable[ObjectKey]:
        """Pods on a node; nodes that come back wake their pods."""
        obj = change.entry.obj
        if change.key == PODS:
            if change.type == "DELETED":
                self._forget(obj)
            elif text(obj, "spec", "nodeName"):
                yield namespace_of(obj), name_of(obj)
        elif change.key == NODES and change.type == "MODIFIED" and _comes_back(change):
            for pod in self.cluster.store.list(PODS):
                if text(pod, "spec", "nodeName") == name_of(obj):
                    yield namespace_of(pod), name_of(pod)
        elif change.key in CONFIGS and change.type != "DELETED":
            yield from self._unblocked(namespace_of(obj))

    def _forget(self, pod: Obj) -> None:
        host = self._runs.pop(uid_of(pod), None)
        if host is not None:
            self._addresses.give_back(host.ip)

    def _unblocked(self, namespace: str) -> Iterable[ObjectKey]:
        """Pods whose containers wait for a ConfigMap or Secret: they need not wait for the next attempt."""
        for pod in self.cluster.store.list(PODS, namespace):
            host = self._runs.get(uid_of(pod))
            blocked = [run for run in host.all if run.reason == CONFIG_ERROR] if host else []
            for run in blocked:
                run.ready_at = None
            if blocked or (host and host.mounts_failing):
                yield namespace_of(pod), name_of(pod)

    def reconcile(self, key: ObjectKey) -> float | None:
        """Advance one pod; simulated seconds until its next step."""
        pod = self.cluster.store.get(PODS, *key)
        if pod is None or not text(pod, "spec", "nodeName") or not self._alive(pod):
            return None
        if text(pod, "status", "phase") in OVER and uid_of(pod) not in self._runs:
            if terminating(pod):
                self._remove(pod)
            return None
        host = self._runs.get(uid_of(pod)) or self._admit(pod)
        if terminating(pod):
            return self._stop(pod, host)
        if phase(pod, host) in OVER:
            self._write(pod, host)
            return None
        self._expire(pod, host)
        wait = None if host.failed_reason else self._advance(pod, host)
        self._write(pod, host)
        return wait

    def _alive(self, pod: Obj) -> bool:
        """Whether the pod's node has a kubelet that answers."""
        node = self.cluster.store.get(NODES, "", text(pod, "spec", "nodeName"))
        return node is not None and not condition_is(node, "Ready", "Unknown")

    def _node(self, pod: Obj) -> Obj:
        return self.cluster.store.get(NODES, "", text(pod, "spec", "nodeName")) or {}

    def _admit(self, pod: Obj) -> PodRun:
        address = self._addresses.take(self._node(pod), pod)
        host = self._runs[uid_of(pod)] = begin(pod, self.cluster.clock.now(), address)
        for secret in missing_pull_secrets(self.cluster.store, pod):
            message = (
                f"Unable to retrieve some image pull secrets ({secret}); attempting to pull the image may not "
                "succeed."
            )
            self.teller.pod(pod, "Warning", "FailedToRetrieveImagePullSecret", message)
        return host

    def _advance(self, pod: Obj, host: PodRun) -> float | None:
        errors = [] if any(run.started for run in host.all) else mount_errors(self.cluster.store, pod)
        host.mounts_failing = bool(errors)
        for message in errors:
            self.teller.pod(pod, "Warning", "FailedMount", message)
        if errors:
            return MOUNT_RETRY_SECONDS
        self._advance_init(pod, host)
        if initialized(pod, host):
            policy = text(pod, "spec", "restartPolicy", default="Always")
            for spec, run in zip(items(pod, "spec", "containers"), host.main, strict=False):
                self.life.advance(pod, spec, run, host, policy=policy, finite=policy != "Always")
            self._end_sidecars(pod, host)
        return self._next(pod, host)

    def _end_sidecars(self, pod: Obj, host: PodRun) -> None:
        """Sidecars do not keep a pod alive whose own containers are done."""
        if phase(pod, host) in OVER:
            for run in host.init:
                if run.running:
                    run.end(self.cluster.clock.now(), 0, "Completed")

    def _advance_init(self, pod: Obj, host: PodRun) -> None:
        policy = text(pod, "spec", "restartPolicy", default="Always")
        for spec, run in zip(items(pod, "spec", "initContainers"), host.init, strict=False):
            if restartable(pod, run):
                self.life.advance(pod, spec, run, host, policy="Always", finite=False)
                if not run.startup_passed:
                    return
                continue
            if not (run.ended and run.exit_code == 0):
                again = "Never" if policy == "Never" else "OnFailure"
                self.life.advance(pod, spec, run, host, policy=again, finite=True)
            if not (run.ended and run.exit_code == 0 and not run.reason):
                return
            run.ready = True

    def _next(self, pod: Obj, host: PodRun) -> float | None:
        """Simulated seconds until anything happens in the pod by itself."""
        clock = self.cluster.clock
        specs = [*items(pod, "spec", "initContainers"), *items(pod, "spec", "containers")]
        finite = text(pod, "spec", "restartPolicy") != "Always"
        waits = []
        for spec, run in zip(specs, host.all, strict=False):
            ends = finite or (run in host.init and not restartable(pod, run))
            step = next_step(clock, spec, run, Behaviour(pod, spec), finite=ends)
            waits += [step] if step is not None else []
        deadline = pod["spec"].get("activeDeadlineSeconds")
        if deadline is not None:
            waits.append(max(deadline / clock.speed - (clock.now() - host.started).total_seconds(), 0.0))
        return min(waits) * clock.speed if waits else self._soon(host)

    def _soon(self, host: PodRun) -> float | None:
        """Containers that wait for something outside of them are looked at again now and then."""
        return 1.0 if any(not run.running and not run.ended for run in host.all) else None

    def _expire(self, pod: Obj, host: PodRun) -> None:
        deadline = pod["spec"].get("activeDeadlineSeconds")
        if deadline is not None and self.cluster.clock.elapsed(host.started) >= deadline:
            host.failed_reason = "DeadlineExceeded"
            host.failed_message = "Pod was active on the node longer than the specified deadline"
            for run in host.all:
                if run.running:
                    run.end(self.cluster.clock.now(), KILLED, "Error")

    def _stop(self, pod: Obj, host: PodRun) -> float | None:
        clock = self.cluster.clock
        if host.stopping is None:
            host.stopping = clock.after(self._stop_seconds(pod))
            for spec, run in zip(items(pod, "spec", "containers"), host.main, strict=False):
                if run.running:
                    message = f"Stopping container {spec['name']}"
                    self.teller.container(pod, spec, "Normal", "Killing", message)
        left = (host.stopping - clock.now()).total_seconds()
        if left > 0:
            return left * clock.speed
        for run in host.all:
            if run.running:
                run.end(clock.now(), 0, "Completed")
        self._remove(pod)
        return None

    def _stop_seconds(self, pod: Obj) -> float:
        grace = number(pod, "metadata", "deletionGracePeriodSeconds")
        wanted = [
            Behaviour(pod, c).seconds("stop-after", STOP_SECONDS) for c in items(pod, "spec", "containers")
        ]
        return min(max(wanted, default=STOP_SECONDS), float(grace))

    def _remove(self, pod: Obj) -> None:
        delete(self.cluster, self._pods, namespace_of(pod), name_of(pod), Deletion(grace=0))

    def _write(self, pod: Obj, host: PodRun) -> None:
        clock = self.cluster.clock
        status = status_of(pod, host, node_address(self._node(pod)), clock.stamp())

        def change(stored: Obj) -> Obj:
            return {**stored, "status": status}

        if status != pod.get("status"):
            self.cluster.update(self._pods, namespace_of(pod), name_of(pod), change, WRITER)


def _comes_back(change: Change) -> bool:
    """Whether a node's kubelet answers again."""
    return condition_is(change.before or {}, "Ready", "Unknown") and not condition_is(
        change.entry.obj, "Ready", "Unknown"
    )

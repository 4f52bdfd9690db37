"""The pod status that follows from what the containers do.

Source: https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/
"""

from kubesteer.simulator.clock import stamp
from kubesteer.simulator.kubelet.runs import ContainerRun, PodRun
from kubesteer.simulator.objects import Obj, condition_is, items, section, text, with_condition


def restartable(pod: Obj, run: ContainerRun) -> bool:
    """Whether an init container is a sidecar."""
    specs = items(pod, "spec", "initContainers")
    return any(c["name"] == run.name and c.get("restartPolicy") == "Always" for c in specs)


def initialized(pod: Obj, host: PodRun) -> bool:
    """Whether every init container is done (sidecars: started)."""
    return all(
        run.startup_passed if restartable(pod, run) else (run.ended and run.exit_code == 0)
        for run in host.init
    )


def phase(pod: Obj, host: PodRun) -> str:
    """`status.phase`."""
    if host.failed_reason:
        return "Failed"
    policy = text(pod, "spec", "restartPolicy", default="Always")
    if any(run.ended and run.exit_code and not run.reason for run in host.init) and policy == "Never":
        return "Failed"
    if host.main and all(run.ended and not run.reason for run in host.main) and policy != "Always":
        failed = any(run.exit_code for run in host.main)
        if not failed:
            return "Succeeded"
        return "Failed" if policy == "Never" else "Running"
    began = all(run.started is not None for run in host.main)
    return "Running" if began and host.main else "Pending"


def _ready_condition(kind: str, unready: list[str], finished: str, what: str) -> Obj:
    if finished == "Succeeded":
        return {"type": kind, "status": "False", "reason": "PodCompleted"}
    if finished == "Failed":
        return {"type": kind, "status": "False", "reason": "PodFailed"}
    if unready:
        names = " ".join(unready)
        message = f"containers with {what} status: [{names}]"
        return {"type": kind, "status": "False", "reason": "ContainersNotReady", "message": message}
    return {"type": kind, "status": "True"}


def _conditions(pod: Obj, host: PodRun, now: str, word: str) -> list[Obj]:
    unready = [run.name for run in host.main if not run.ready]
    unready += [run.name for run in host.init if restartable(pod, run) and not run.ready]
    containers = _ready_condition("ContainersReady", unready, word, "unready")
    ready = {**containers, "type": "Ready"}
    gates = [g["conditionType"] for g in items(pod, "spec", "readinessGates")]
    if ready["status"] == "True" and (missing := [gate for gate in gates if not condition_is(pod, gate)]):
        message = f'corresponding condition of pod readiness gate "{missing[0]}" does not exist.'
        ready = {"type": "Ready", "status": "False", "reason": "ReadinessGatesNotReady", "message": message}
    waiting = [run.name for run in host.init if not (run.ended and run.exit_code == 0)]
    if initialized(pod, host):
        done: Obj = {"type": "Initialized", "status": "True"}
    else:
        message = f"containers with incomplete status: [{' '.join(waiting)}]"
        done = {
            "type": "Initialized",
            "status": "False",
            "reason": "ContainersNotInitialized",
            "message": message,
        }
    conditions = items(pod, "status", "conditions")
    sandbox = {"type": "PodReadyToStartContainers", "status": "False" if host.mounts_failing else "True"}
    for entry in (sandbox, done, ready, containers, {"type": "PodScheduled", "status": "True"}):
        conditions = with_condition(conditions, entry, now)
    return conditions


def status_of(pod: Obj, host: PodRun, node_ip: str, now: str) -> Obj:
    """The whole pod status."""
    word = phase(pod, host)
    status: Obj = {
        **section(pod, "status"),
        "phase": word,
        "conditions": _conditions(pod, host, now, word),
        "hostIP": node_ip,
        "hostIPs": [{"ip": node_ip}],
        "startTime": stamp(host.started),
        "containerStatuses": [run.status() for run in host.main],
    }
    if not host.mounts_failing:
        status |= {"podIP": host.ip, "podIPs": [{"ip": host.ip}]}
    if host.init:
        status["initContainerStatuses"] = [run.status() for run in host.init]
    if host.failed_reason:
        status |= {"reason": host.failed_reason, "message": host.failed_message}
    return status

"""The nodes that a simulator comes with."""

from kubesteer.simulator.objects import Obj

CPU, MEMORY, PODS = "8", "32Gi", "250"
KUBELET = "v1.34.4"
CONDITIONS = (
    ("MemoryPressure", "False", "KubeletHasSufficientMemory", "kubelet has sufficient memory available"),
    ("DiskPressure", "False", "KubeletHasNoDiskPressure", "kubelet has no disk pressure"),
    ("PIDPressure", "False", "KubeletHasSufficientPID", "kubelet has sufficient PID available"),
    ("Ready", "True", "KubeletReady", "kubelet is posting ready status"),
)


def node(number: int, now: str) -> Obj:
    """A ready node, `node-01` for 1, with 8 cores and 32 GiB."""
    name = f"node-{number:02}"
    labels = {
        "kubernetes.io/hostname": name,
        "kubernetes.io/os": "linux",
        "kubernetes.io/arch": "amd64",
        "topology.kubernetes.io/region": "region-1",
        "topology.kubernetes.io/zone": f"zone-{'abc'[(number - 1) % 3]}",
    }
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": name, "labels": labels},
        "spec": {"podCIDR": f"10.244.{number % 256}.0/24", "podCIDRs": [f"10.244.{number % 256}.0/24"]},
        "status": {**node_status(now), "addresses": _addresses(name, number)},
    }


def node_status(now: str) -> Obj:
    """The status of a node whose kubelet is well."""
    amounts = {"cpu": CPU, "memory": MEMORY, "pods": PODS, "ephemeral-storage": "100Gi"}
    times = {"lastHeartbeatTime": now, "lastTransitionTime": now}
    conditions = [
        {"type": kind, "status": status, "reason": reason, "message": message, **times}
        for kind, status, reason, message in CONDITIONS
    ]
    return {
        "capacity": amounts,
        "allocatable": dict(amounts),
        "conditions": conditions,
        "nodeInfo": _info(),
        "daemonEndpoints": {"kubeletEndpoint": {"Port": 10250}},
    }


def _addresses(name: str, number: int) -> list[Obj]:
    address = f"172.18.{number // 250}.{number % 250 + 1}"
    return [{"type": "InternalIP", "address": address}, {"type": "Hostname", "address": name}]


def _info() -> Obj:
    return {
        "architecture": "amd64",
        "bootID": "",
        "containerRuntimeVersion": "containerd://2.1.3",
        "kernelVersion": "6.8.0-simulated",
        "kubeProxyVersion": "",
        "kubeletVersion": KUBELET,
        "machineID": "",
        "operatingSystem": "linux",
        "osImage": "kubesteer simulator",
        "systemUUID": "",
    }

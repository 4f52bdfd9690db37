"""The events that a kubelet tells, each with its node and, where it is about one, the container."""

from kubesteer.simulator.events import Recorder
from kubesteer.simulator.objects import Obj, items, text

COMPONENT = "kubelet"


class Teller:
    """Records a kubelet's events."""

    def __init__(self, recorder: Recorder) -> None:
        self.recorder = recorder

    def pod(self, pod: Obj, kind: str, reason: str, message: str) -> None:
        """About a pod as a whole; `kind` is Normal or Warning."""
        self.recorder.record(pod, kind, reason, message, COMPONENT, host=text(pod, "spec", "nodeName"))

    def container(self, pod: Obj, spec: Obj, kind: str, reason: str, message: str) -> None:
        """About one container, named by its path in the pod."""
        field = "initContainers" if spec in items(pod, "spec", "initContainers") else "containers"
        path, host = f"spec.{field}{{{spec['name']}}}", text(pod, "spec", "nodeName")
        self.recorder.record(pod, kind, reason, message, COMPONENT, path=path, host=host)

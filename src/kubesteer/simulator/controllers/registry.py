"""The controllers that run in a cluster, in one explicit list."""

from kubesteer.simulator.controllers.loop import Controller
from kubesteer.simulator.events import Recorder
from kubesteer.simulator.kubelet.kubelet import Kubelet
from kubesteer.simulator.kubelet.loads import Loads
from kubesteer.simulator.writes import Cluster


def controllers(cluster: Cluster, recorder: Recorder, loads: Loads) -> list[Controller]:
    """All controllers over one cluster's state."""
    return [Kubelet(cluster, recorder, loads)]

"""The control loops of a cluster, listed."""

from kubesteer.simulator.controllers.access import MANAGER, Access
from kubesteer.simulator.controllers.deployments import Deployments
from kubesteer.simulator.controllers.endpoints import Endpoints
from kubesteer.simulator.controllers.loop import Controller
from kubesteer.simulator.controllers.replica_sets import ReplicaSets
from kubesteer.simulator.controllers.scheduler import Scheduler
from kubesteer.simulator.events import Recorder
from kubesteer.simulator.kubelet.kubelet import Kubelet
from kubesteer.simulator.kubelet.loads import Loads
from kubesteer.simulator.writes import Cluster


def controllers(cluster: Cluster, recorder: Recorder, loads: Loads) -> list[Controller]:
    """All controllers, the scheduler and the kubelets of one cluster, in the order in which a step runs them.

    `loads` is the same that answers metrics (`Metrics(store, clock, loads.usage)`), so that the autoscaler
    sees what clients see. Run them with `Loop(cluster.store, cluster.clock, controllers(...), tick)`; what
    is in the store before the loop listens is not seen, so the loop is made first and objects come after.
    """

    def access(component: str, manager: str = MANAGER) -> Access:
        return Access(cluster, recorder, component, manager)

    return [
        Deployments(access("deployment-controller")),
        ReplicaSets(access("replicaset-controller")),
        Scheduler(access("default-scheduler", "kube-scheduler")),
        Kubelet(cluster, recorder, loads),
        Endpoints(access("endpoint-controller")),
    ]

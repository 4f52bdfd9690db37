"""The control loops of a cluster, listed."""

from kubesteer.simulator.controllers.access import MANAGER, Access
from kubesteer.simulator.controllers.autoscalers import Autoscalers
from kubesteer.simulator.controllers.budgets import Budgets
from kubesteer.simulator.controllers.cron_jobs import CronJobs
from kubesteer.simulator.controllers.daemon_sets import DaemonSets
from kubesteer.simulator.controllers.deployments import Deployments
from kubesteer.simulator.controllers.endpoints import Endpoints
from kubesteer.simulator.controllers.event_expiry import EventExpiry
from kubesteer.simulator.controllers.garbage import GarbageCollector
from kubesteer.simulator.controllers.jobs import Jobs
from kubesteer.simulator.controllers.loop import Controller
from kubesteer.simulator.controllers.namespaces import Namespaces
from kubesteer.simulator.controllers.nodes import Nodes
from kubesteer.simulator.controllers.quotas import Quotas
from kubesteer.simulator.controllers.replica_sets import ReplicaSets
from kubesteer.simulator.controllers.scheduler import Scheduler
from kubesteer.simulator.controllers.stateful_sets import StatefulSets
from kubesteer.simulator.controllers.volumes import Volumes
from kubesteer.simulator.events import Recorder
from kubesteer.simulator.kubelet.kubelet import Kubelet
from kubesteer.simulator.kubelet.loads import Loads
from kubesteer.simulator.writes import Cluster


def controllers(cluster: Cluster, recorder: Recorder, loads: Loads) -> list[Controller]:
    """All controllers, the scheduler and the kubelets of one cluster, in the order in which a step runs them.

    `loads` is the same that answers metrics (`Metrics(store, clock, loads.usage)`), so that the autoscaler
    sees what clients see. Run them with `Loop(cluster.store, cluster.clock, controllers(...), tick)`. The
    loop must be made before objects come: what is in the store before it listens is not seen.
    """

    def access(component: str, manager: str = MANAGER) -> Access:
        return Access(cluster, recorder, component, manager)

    return [
        Namespaces(access("namespace-controller")),
        Nodes(access("node-controller")),
        GarbageCollector(access("garbage-collector")),
        CronJobs(access("cronjob-controller")),
        Jobs(access("job-controller")),
        Deployments(access("deployment-controller")),
        ReplicaSets(access("replicaset-controller")),
        StatefulSets(access("statefulset-controller")),
        DaemonSets(access("daemonset-controller")),
        Volumes(access("persistentvolume-controller")),
        Scheduler(access("default-scheduler", "kube-scheduler")),
        Kubelet(cluster, recorder),
        Endpoints(access("endpoint-controller")),
        Budgets(access("controllermanager")),
        Quotas(access("resourcequota-controller")),
        Autoscalers(access("horizontal-pod-autoscaler"), loads.usage),
        EventExpiry(access("event-expiry")),
    ]

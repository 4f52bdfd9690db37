"""An embedded Kubernetes cluster over real HTTP: the default where there is none, and where faults are staged.

Belongs here: the API server, its store and admission, controllers, the kubelet, faults on request. Does not
belong here: anything that knows the rest of the product, and anything that a real cluster would not do.
"""

from kubesteer.simulator.audit import AuditRecord
from kubesteer.simulator.clock import Clock
from kubesteer.simulator.faults import Fault, Faults
from kubesteer.simulator.manifests import ManifestError
from kubesteer.simulator.simulator import Simulator

__all__ = ["AuditRecord", "Clock", "Fault", "Faults", "ManifestError", "Simulator"]

"""A real Kubernetes control plane on loopback, for the contract tests.

Here belongs what starts, watches and stops etcd, kube-apiserver, kube-controller-manager, kube-scheduler and
kwok. Building them is control-plane/build.py's work; what is asserted about them stands in the tests.
"""

from control_plane.audits import Write
from control_plane.server import USERS, ControlPlane, Missing

__all__ = ["USERS", "ControlPlane", "Missing", "Write"]

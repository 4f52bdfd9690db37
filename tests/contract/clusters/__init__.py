"""The cluster that a contract test speaks to, whichever it is, and the manifests that the tests create.

Here belongs what makes the simulator and a real control plane look alike to a test. What is expected of them
does not: that stands in the tests, once, for both.
"""

from clusters.cluster import Cluster, Server, eventually

__all__ = ["Cluster", "Server", "eventually"]

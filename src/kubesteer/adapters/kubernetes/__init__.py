"""The Kubernetes API behind the ports `Cluster` and `Actuator`.

Belongs here: how a cluster is found (kubeconfig, service account, flags), how it is spoken to (paths, paging,
retries, watch), and the translation of everything that can go wrong there into the error tree of core. Does
not belong here: what an object's state means, and whether anything should be changed.
"""

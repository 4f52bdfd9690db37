"""The control loops of a cluster, one kind of object a file.

Belongs here: what kube-controller-manager and kube-scheduler do, each as a `Controller`. Does not belong
here: running containers (kubelet), serving requests (server).
"""

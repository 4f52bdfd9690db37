"""The node's side: pods that are bound to a node run, fail, are probed and stop here.

Belongs here: the life of containers by declared behaviour, and the pod status and events that a kubelet
writes. Does not belong here: what the behaviour's annotations mean (behaviour), scheduling, controllers.
"""

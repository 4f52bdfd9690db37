"""The HTTP face of the simulated cluster: paths, verbs, encodings, watches, discovery.

Belongs here: translation between HTTP and the cluster's state, with a kube-apiserver's wire shapes. Does
not belong here: what a write means (writes, deletion, patching) and what controllers do.
"""

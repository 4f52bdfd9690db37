"""Narrow shapes of Kubernetes objects: only the fields that rules read.

Belongs here: msgspec structs, one file per neighbourhood of kinds, and reading of their odd field formats.
Does not belong here: judgement of any kind.
"""

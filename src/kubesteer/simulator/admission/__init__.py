"""Checks and changes of a write that depend on other objects: quotas, limits, namespaces, allocations.

Belongs here: one module per admission plug-in, with that plug-in's wording. Does not belong here: checks
of an object alone (validation), permissions (RBAC).
"""

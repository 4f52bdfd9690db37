"""kubesteer: operate Kubernetes in plain Chinese or English.

words -> understand (planners) -> typed operation -> judge (policies, RBAC, server dry-run) -> act -> verify
-> answer. Imports point downwards only: faces, app, engine, planners, operations, then analyzers, policies
and adapters, then core; `lint-imports` holds it.
"""

__version__ = "0.1.0"

"""The Role that would allow what was refused, as YAML for `kubectl apply -f -`.

Source: "Using RBAC Authorization", rbac.authorization.k8s.io/v1.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from kubesteer.adapters.kubernetes.attempts import Attempt

_ACCOUNT = re.compile(r"system:serviceaccount:([^:]+):([^:]+)")


def role_for(attempt: Attempt, user: str) -> str:
    """The pair that would allow one attempt."""
    return role_of(f"kubesteer-{attempt.verb}-{attempt.resource}", [attempt], user)


def role_of(name: str, attempts: Sequence[Attempt], user: str) -> str:
    """A Role with its RoleBinding where all attempts stay in one namespace, else the cluster-wide pair."""
    namespaces = {attempt.namespace for attempt in attempts}
    namespace = namespaces.pop() if len(namespaces) == 1 else ""
    kind = "Role" if namespace else "ClusterRole"
    slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    metadata = [f"  name: {slug}"] + ([f"  namespace: {namespace}"] if namespace else [])
    head = ["apiVersion: rbac.authorization.k8s.io/v1", f"kind: {kind}", "metadata:", *metadata]
    binding = [head[0], f"kind: {kind}Binding", *head[2:]]
    reference = ["roleRef:", "  apiGroup: rbac.authorization.k8s.io", f"  kind: {kind}", f"  name: {slug}"]
    rules = ["rules:", *(line for attempt in attempts for line in _rule(attempt))]
    return "\n".join([*head, *rules, "---", *binding, *reference, *_subjects(user)])


def _rule(attempt: Attempt) -> list[str]:
    if attempt.kind is None:
        return [f"- nonResourceURLs: [{json.dumps(attempt.url)}]", f'  verbs: ["{attempt.verb}"]']
    return [
        f'- apiGroups: ["{attempt.group}"]',
        f'  resources: ["{attempt.resource}"]',
        f'  verbs: ["{attempt.verb}"]',
    ]


def _subjects(user: str) -> list[str]:
    account = _ACCOUNT.fullmatch(user)
    if account:
        return [
            "subjects:",
            "- kind: ServiceAccount",
            f"  namespace: {account[1]}",
            f"  name: {account[2]}",
        ]
    # A JSON string is a YAML string whatever the user is called.
    named = json.dumps(user or "YOU", ensure_ascii=False)
    return ["subjects:", "- kind: User", "  apiGroup: rbac.authorization.k8s.io", f"  name: {named}"]

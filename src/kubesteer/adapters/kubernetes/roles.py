"""The Role that would allow what was refused, as YAML for `kubectl apply -f -`.

Source: "Using RBAC Authorization", rbac.authorization.k8s.io/v1.
"""

from __future__ import annotations

import json
import re

from kubesteer.adapters.kubernetes.attempts import Attempt

_ACCOUNT = re.compile(r"system:serviceaccount:([^:]+):([^:]+)")


def role_for(attempt: Attempt, user: str) -> str:
    """A Role with its RoleBinding where the attempt stays in one namespace, else the cluster-wide pair."""
    kind = "Role" if attempt.namespace else "ClusterRole"
    slug = re.sub(r"[^a-z0-9]+", "-", f"kubesteer-{attempt.verb}-{attempt.resource}".lower()).strip("-")
    metadata = [f"  name: {slug}"] + ([f"  namespace: {attempt.namespace}"] if attempt.namespace else [])
    head = ["apiVersion: rbac.authorization.k8s.io/v1", f"kind: {kind}", "metadata:", *metadata]
    binding = [head[0], f"kind: {kind}Binding", *head[2:]]
    reference = ["roleRef:", "  apiGroup: rbac.authorization.k8s.io", f"  kind: {kind}", f"  name: {slug}"]
    return "\n".join([*head, *_rules(attempt), "---", *binding, *reference, *_subjects(user)])


def _rules(attempt: Attempt) -> list[str]:
    if attempt.kind is None:
        return ["rules:", f"- nonResourceURLs: [{json.dumps(attempt.url)}]", f'  verbs: ["{attempt.verb}"]']
    return [
        "rules:",
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

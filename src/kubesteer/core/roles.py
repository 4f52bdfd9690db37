"""The Role that would allow what was refused, as YAML for `kubectl apply -f -`.

Source: "Using RBAC Authorization", rbac.authorization.k8s.io/v1.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kubesteer.core.texts import Text

_ACCOUNT = re.compile(r"system:serviceaccount:([^:]+):([^:]+)")


@dataclass(frozen=True, slots=True)
class Grant:
    """One verb on one resource (`pods/log`); or, with `url`, a GET of a non-resource path such as /version.

    `namespace` "" is the whole cluster; `group` "" is the core group.
    """

    verb: str
    resource: str
    group: str = ""
    namespace: str = ""
    url: bool = False


def role_for(grant: Grant, user: str) -> str:
    """The pair that would allow one thing.

    Its name tells the API group too: pods of metrics.k8s.io are not the pods of the core group, and of two roles
    with one name the second takes the place of the first.
    """
    return role_of(
        "-".join(filter(None, ("kubesteer", grant.verb, grant.resource, grant.group))), [grant], user
    )


def role_of(name: str, grants: Sequence[Grant], user: str) -> str:
    """A Role with its RoleBinding where all grants stay in one namespace, else the cluster-wide pair.

    `user` "" leaves the subject for the reader to fill in.
    """
    namespaces = {grant.namespace for grant in grants}
    namespace = namespaces.pop() if len(namespaces) == 1 else ""
    kind = "Role" if namespace else "ClusterRole"
    slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    metadata = [f"  name: {slug}"] + ([f"  namespace: {namespace}"] if namespace else [])
    head = ["apiVersion: rbac.authorization.k8s.io/v1", f"kind: {kind}", "metadata:", *metadata]
    binding = [head[0], f"kind: {kind}Binding", *head[2:]]
    reference = ["roleRef:", "  apiGroup: rbac.authorization.k8s.io", f"  kind: {kind}", f"  name: {slug}"]
    rules = ["rules:", *(line for alike in _together(grants) for line in _rule(alike))]
    return "\n".join([*head, *rules, "---", *binding, *reference, *_subjects(user)])


def remedy_by(role: str) -> Text:
    """What to do with a Role that was printed."""
    return Text(
        f"请管理员用 kubectl apply -f - 授权:\n{role}",
        f"An administrator can allow it with kubectl apply -f -:\n{role}",
    )


def _together(grants: Sequence[Grant]) -> Iterable[list[Grant]]:
    """Grants of one verb in one API group, which make one rule."""
    rules: dict[tuple[bool, str, str], list[Grant]] = {}
    for grant in grants:
        rules.setdefault((grant.url, grant.verb, grant.group), []).append(grant)
    return rules.values()


def _rule(alike: Sequence[Grant]) -> list[str]:
    grant = alike[0]
    resources = json.dumps(list(dict.fromkeys(each.resource for each in alike)))
    if grant.url:
        return [f"- nonResourceURLs: {resources}", f'  verbs: ["{grant.verb}"]']
    return [
        f'- apiGroups: ["{grant.group}"]',
        f"  resources: {resources}",
        f'  verbs: ["{grant.verb}"]',
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

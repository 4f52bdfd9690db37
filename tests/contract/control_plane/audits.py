"""The API server's audit log, read back as the writes that it accepted or refused."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

# Who writes on their own account: they are not what a test wants to prove anything about.
OWN_USERS = ["system:apiserver", "system:kube-controller-manager", "system:kube-scheduler", "kwok"]
OWN_GROUPS = ["system:serviceaccounts:kube-system", "system:nodes"]

# https://kubernetes.io/docs/tasks/debug/debug-cluster/audit/ — the first rule that matches decides.
POLICY: dict[str, Any] = {
    "apiVersion": "audit.k8s.io/v1",
    "kind": "Policy",
    "omitStages": ["RequestReceived", "ResponseStarted"],
    "rules": [
        {"level": "None", "users": OWN_USERS},
        {"level": "None", "userGroups": OWN_GROUPS},
        {"level": "None", "verbs": ["get", "list", "watch"]},
        {"level": "None", "nonResourceURLs": ["*"]},
        # Reviews are POSTed but persist nothing.
        {
            "level": "None",
            "resources": [{"group": "authorization.k8s.io"}, {"group": "authentication.k8s.io"}],
        },
        {"level": "Request"},
    ],
}


@dataclass(frozen=True)
class Write:
    """One write that reached the API server, refused ones included.

    `verb` is the API's (create, update, patch, delete, deletecollection), `status` the HTTP status, `dry_run`
    whether nothing was to be persisted, `body` the request's object (for a patch, the patch itself).
    """

    verb: str
    user: str
    resource: str
    namespace: str
    name: str
    subresource: str
    status: int
    dry_run: bool
    body: Any
    user_agent: str
    id: str


def writes(log: Path) -> Iterator[Write]:
    """The writes in an audit log file of JSON lines, oldest first; a line half written is left out."""
    with log.open(encoding="utf-8") as lines:
        for line in lines:
            if line.endswith("\n"):
                yield _write(json.loads(line))


def _write(event: dict[str, Any]) -> Write:
    # https://kubernetes.io/docs/reference/config-api/apiserver-audit.v1/
    target = event.get("objectRef", {})
    body = event.get("requestObject")
    return Write(
        verb=event["verb"],
        user=event["user"].get("username", ""),
        resource=target.get("resource", ""),
        namespace=target.get("namespace", ""),
        name=target.get("name", ""),
        subresource=target.get("subresource", ""),
        status=event.get("responseStatus", {}).get("code", 0),
        dry_run=_is_dry_run(event["requestURI"], body),
        body=body,
        user_agent=event.get("userAgent", ""),
        id=event["auditID"],
    )


def _is_dry_run(uri: str, body: Any) -> bool:
    # A DELETE may say so in its DeleteOptions instead of the query.
    said = parse_qs(urlsplit(uri).query).get("dryRun", [])
    if isinstance(body, dict) and body.get("kind") == "DeleteOptions":
        said = [*said, *(body.get("dryRun") or [])]
    return "All" in said

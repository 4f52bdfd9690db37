"""ServiceAccount admission: every pod runs as one, and gets its token mounted.

Source: https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/
"""

from kubesteer.simulator.failures import forbidden
from kubesteer.simulator.names import random_suffix
from kubesteer.simulator.objects import Obj, flag, items, name_of, namespace_of
from kubesteer.simulator.store import Store

SERVICE_ACCOUNTS = ("", "serviceaccounts")
MOUNT_PATH = "/var/run/secrets/kubernetes.io/serviceaccount"


def admit_service_account(store: Store, pod: Obj) -> None:
    """Name the account and mount its token. Raises Failure 403 for an account that does not exist."""
    spec = pod["spec"]
    account = spec.setdefault("serviceAccountName", "default")
    spec["serviceAccount"] = account
    found = store.get(SERVICE_ACCOUNTS, namespace_of(pod), account)
    if found is None:
        why = (
            f"error looking up service account {namespace_of(pod)}/{account}: "
            f'serviceaccount "{account}" not found'
        )
        raise forbidden("", "pods", name_of(pod), why)
    if flag(
        spec,
        "automountServiceAccountToken",
        default=flag(found, "automountServiceAccountToken", default=True),
    ):
        _mount_token(spec)


def _mount_token(spec: Obj) -> None:
    containers = [*items(spec, "containers"), *items(spec, "initContainers")]
    mounted = [mount for c in containers for mount in items(c, "volumeMounts")]
    if any(mount.get("mountPath") == MOUNT_PATH for mount in mounted):
        return
    name = f"kube-api-access-{random_suffix()}"
    sources = [
        {"serviceAccountToken": {"expirationSeconds": 3607, "path": "token"}},
        {"configMap": {"name": "kube-root-ca.crt", "items": [{"key": "ca.crt", "path": "ca.crt"}]}},
        {"downwardAPI": {"items": [{"path": "namespace", "fieldRef": _NAMESPACE_FIELD}]}},
    ]
    spec.setdefault("volumes", []).append(
        {"name": name, "projected": {"sources": sources, "defaultMode": 420}}
    )
    for container in containers:
        mount = {"name": name, "readOnly": True, "mountPath": MOUNT_PATH}
        container.setdefault("volumeMounts", []).append(mount)


_NAMESPACE_FIELD = {"apiVersion": "v1", "fieldPath": "metadata.namespace"}

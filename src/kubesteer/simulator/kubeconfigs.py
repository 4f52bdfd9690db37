"""A kubeconfig for the simulator.

Source: https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/
"""

from base64 import b64encode

from kubesteer.simulator.objects import Obj

NAME = "kubesteer-simulator"


def kubeconfig(url: str, ca_pem: bytes | None, user: str, token: str) -> Obj:
    """One cluster, one user, one context."""
    cluster: Obj = {"server": url}
    if ca_pem is not None:
        cluster["certificate-authority-data"] = b64encode(ca_pem).decode()
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": NAME, "cluster": cluster}],
        "users": [{"name": user, "user": {"token": token}}],
        "contexts": [{"name": NAME, "context": {"cluster": NAME, "user": user}}],
        "current-context": NAME,
    }

"""Putting manifests from a file into a cluster through its API."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx2
import yaml

Manifest = dict[str, Any]


class Loader:
    """Creates objects; those that exist already get a merge patch, so that loading twice changes nothing."""

    def __init__(self, client: httpx2.Client) -> None:
        self._client = client
        self._kinds: dict[tuple[str, str], dict[str, Any]] = {}

    def load(self, path: Path) -> list[Manifest]:
        """Load every document of a YAML file, namespaces first; returns the objects as the server has them.

        Raises httpx2.HTTPStatusError where the server refuses one, LookupError on a kind that it does not serve.
        """
        documents = [each for each in yaml.safe_load_all(path.read_text(encoding="utf-8")) if each]
        ordered = sorted(documents, key=lambda each: each["kind"] != "Namespace")
        return [self.put(each) for each in ordered]

    def put(self, manifest: Manifest) -> Manifest:
        """Create one object, or merge it into the one that is there."""
        collection = self.collection(manifest)
        answer = self._client.post(collection, json=manifest)
        if answer.status_code == httpx2.codes.CONFLICT:
            headers = {"Content-Type": "application/merge-patch+json"}
            name = manifest["metadata"]["name"]
            answer = self._client.patch(f"{collection}/{name}", json=manifest, headers=headers)
        answer.raise_for_status()
        stored: Manifest = answer.json()
        return stored

    def collection(self, manifest: Manifest) -> str:
        """The path of the list that the object belongs in, by the server's own discovery."""
        version = manifest["apiVersion"]
        root = f"/apis/{version}" if "/" in version else f"/api/{version}"
        kind = self._kind(root, manifest["kind"])
        if not kind["namespaced"]:
            return f"{root}/{kind['name']}"
        namespace = manifest["metadata"].get("namespace", "default")
        return f"{root}/namespaces/{namespace}/{kind['name']}"

    def _kind(self, root: str, kind: str) -> dict[str, Any]:
        if (root, kind) not in self._kinds:
            served = self._client.get(root).raise_for_status().json()["resources"]
            self._kinds.update({(root, each["kind"]): each for each in served if "/" not in each["name"]})
        if (root, kind) not in self._kinds:
            raise LookupError(f"{root} serves no {kind}")
        return self._kinds[root, kind]


def node(name: str) -> Manifest:
    """A node that kwok manages, of the size that the example clusters assume."""
    size = {"cpu": "16", "memory": "64Gi", "pods": "110"}
    # 198.18.0.0/15 is for benchmarks (RFC 2544); nobody is asked at these addresses.
    addresses = [
        {"type": "InternalIP", "address": f"198.18.0.{1 + sum(name.encode()) % 250}"},
        {"type": "Hostname", "address": name},
    ]
    labels = {"type": "kwok", "kubernetes.io/hostname": name, "kubernetes.io/os": "linux"}
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": name, "labels": labels},
        "status": {"capacity": size, "allocatable": size, "addresses": addresses},
    }

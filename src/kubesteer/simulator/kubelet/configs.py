"""What a container needs before it can start: ConfigMaps, Secrets, keys, a user that is allowed.

Source: pkg/kubelet/kubelet_pods.go, pkg/volume/{configmap,secret} and
pkg/kubelet/kuberuntime/security_context.go of the 1.34 release.
"""

from collections.abc import Iterator

from kubesteer.simulator.behaviour import Behaviour
from kubesteer.simulator.objects import Obj, items, name_of, namespace_of, section, text, uid_of
from kubesteer.simulator.store import Store

KEYS = {"configmap": ("", "configmaps"), "secret": ("", "secrets")}
ROOT_CA = "kube-root-ca.crt"


def _missing(store: Store, kind: str, namespace: str, name: str, key: str = "") -> str | None:
    found = store.get(KEYS[kind], namespace, name)
    if found is None:
        return f'{kind} "{name}" not found'
    if key and key not in {**section(found, "data"), **section(found, "binaryData")}:
        proper = "ConfigMap" if kind == "configmap" else "Secret"
        return f"couldn't find key {key} in {proper} {namespace}/{name}"
    return None


def _references(container: Obj) -> Iterator[tuple[str, str, str, bool]]:
    """(kind, name, key, optional) of everything that the environment is read from."""
    for source in items(container, "envFrom"):
        for kind, field in (("configmap", "configMapRef"), ("secret", "secretRef")):
            if reference := section(source, field):
                yield kind, text(reference, "name"), "", bool(reference.get("optional"))
    for variable in items(container, "env"):
        for kind, field in (("configmap", "configMapKeyRef"), ("secret", "secretKeyRef")):
            if reference := section(variable, "valueFrom", field):
                yield kind, text(reference, "name"), text(reference, "key"), bool(reference.get("optional"))


def config_error(store: Store, pod: Obj, container: Obj, behaviour: Behaviour) -> str | None:
    """Why the container cannot be configured (CreateContainerConfigError), None where it can."""
    for kind, name, key, optional in _references(container):
        if not optional and (missing := _missing(store, kind, namespace_of(pod), name, key)):
            return missing
    return _user_error(pod, container, behaviour)


def _user_error(pod: Obj, container: Obj, behaviour: Behaviour) -> str | None:
    own, shared = section(container, "securityContext"), section(pod, "spec", "securityContext")
    if not own.get("runAsNonRoot", shared.get("runAsNonRoot")):
        return None
    user = own.get("runAsUser", shared.get("runAsUser"))
    about = f'(pod: "{name_of(pod)}_{namespace_of(pod)}({uid_of(pod)})", container: {container["name"]})'
    if user == 0:
        return f"container's runAsUser breaks non-root policy {about}"
    if user is None and behaviour.value("runs-as-root"):
        return f"container has runAsNonRoot and image will run as root {about}"
    return None


def _volume_sources(volume: Obj) -> Iterator[tuple[str, str, list[Obj], bool]]:
    """(kind, name, items, optional) of the objects behind one volume."""
    plain = (("configmap", "configMap", "name"), ("secret", "secret", "secretName"))
    for kind, field, named in plain:
        if source := section(volume, field):
            yield kind, text(source, named), items(source, "items"), bool(source.get("optional"))
    for projected in items(volume, "projected", "sources"):
        for kind, field, _ in plain:
            if (source := section(projected, field)) and source.get("name") != ROOT_CA:
                yield kind, text(source, "name"), items(source, "items"), bool(source.get("optional"))


def mount_errors(store: Store, pod: Obj) -> list[str]:
    """The messages of the mounts that fail (FailedMount)."""
    found = []
    for volume in items(pod, "spec", "volumes"):
        for kind, name, keys, optional in _volume_sources(volume):
            if not optional and (why := _mount_error(store, namespace_of(pod), kind, name, keys)):
                found.append(f'MountVolume.SetUp failed for volume "{volume["name"]}" : {why}')
    return found


def _mount_error(store: Store, namespace: str, kind: str, name: str, keys: list[Obj]) -> str | None:
    if missing := _missing(store, kind, namespace, name):
        return missing
    held = section(store.get(KEYS[kind], namespace, name), "data")
    absent = next((item["key"] for item in keys if item.get("key") not in held), None)
    return (
        f"references non-existent {'config' if kind == 'configmap' else 'secret'} key: {absent}"
        if absent
        else None
    )


def missing_pull_secrets(store: Store, pod: Obj) -> list[str]:
    """The names of `imagePullSecrets` that do not exist: the pull is tried nevertheless."""
    named = [text(one, "name") for one in items(pod, "spec", "imagePullSecrets")]
    return [name for name in named if store.get(KEYS["secret"], namespace_of(pod), name) is None]

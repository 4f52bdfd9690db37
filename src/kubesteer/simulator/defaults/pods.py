"""Defaults of pods and pod templates.

Source: https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/
"""

from kubesteer.simulator.objects import Obj, ensure, items, number, section


def default_pod(pod: Obj) -> None:
    """A pod's own defaults: those of its spec, `enableServiceLinks` and requests that follow limits."""
    spec = ensure(pod, "spec")
    default_pod_spec(spec)
    spec.setdefault("enableServiceLinks", True)
    for container in [*items(spec, "containers"), *items(spec, "initContainers")]:
        _requests_follow_limits(container)


def _requests_follow_limits(container: Obj) -> None:
    for resource, limit in section(container, "resources", "limits").items():
        ensure(container, "resources", "requests").setdefault(resource, limit)


def default_template(template: Obj) -> None:
    """A pod template's defaults."""
    template.setdefault("metadata", {})
    if isinstance(template.get("spec"), dict):
        default_pod_spec(template["spec"])


def default_pod_spec(spec: Obj) -> None:
    """What pods and templates share."""
    spec.setdefault("restartPolicy", "Always")
    if number(spec, "terminationGracePeriodSeconds", default=30) < 0:
        spec["terminationGracePeriodSeconds"] = 1
    spec.setdefault("terminationGracePeriodSeconds", 30)
    spec.setdefault("dnsPolicy", "ClusterFirst")
    spec.setdefault("securityContext", {})
    spec.setdefault("schedulerName", "default-scheduler")
    if spec.get("serviceAccountName"):
        spec.setdefault("serviceAccount", spec["serviceAccountName"])
    for container in [*items(spec, "containers"), *items(spec, "initContainers")]:
        _default_container(container)
    for volume in items(spec, "volumes"):
        _default_volume(volume)


def _default_container(container: Obj) -> None:
    container.setdefault("resources", {})
    container.setdefault("terminationMessagePath", "/dev/termination-log")
    container.setdefault("terminationMessagePolicy", "File")
    container.setdefault("imagePullPolicy", _pull_policy(str(container.get("image") or "")))
    for port in items(container, "ports"):
        port.setdefault("protocol", "TCP")
    for probe in ("livenessProbe", "readinessProbe", "startupProbe"):
        if isinstance(container.get(probe), dict):
            _default_probe(container[probe])
    for variable in items(container, "env"):
        if (reference := section(variable, "valueFrom", "fieldRef")) and "apiVersion" not in reference:
            reference["apiVersion"] = "v1"


def _pull_policy(image: str) -> str:
    last = image.rsplit("/", 1)[-1]
    latest = "@" not in last and (":" not in last or last.endswith(":latest"))
    return "Always" if latest else "IfNotPresent"


def _default_probe(probe: Obj) -> None:
    probe.setdefault("timeoutSeconds", 1)
    probe.setdefault("periodSeconds", 10)
    probe.setdefault("successThreshold", 1)
    probe.setdefault("failureThreshold", 3)
    if isinstance(get := probe.get("httpGet"), dict):
        get.setdefault("path", "/")
        get.setdefault("scheme", "HTTP")
    if isinstance(call := probe.get("grpc"), dict):
        call.setdefault("service", "")


VOLUME_SOURCES = {"configMap": "defaultMode", "secret": "defaultMode", "projected": "defaultMode"}


def _default_volume(volume: Obj) -> None:
    for source, mode in VOLUME_SOURCES.items():
        if isinstance(volume.get(source), dict):
            volume[source].setdefault(mode, 420)
    if isinstance(path := volume.get("hostPath"), dict):
        path.setdefault("type", "")
    if set(volume) == {"name"}:
        volume["emptyDir"] = {}

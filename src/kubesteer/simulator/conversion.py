"""Between the stored version of a kind and another one that is served.

Two kinds are served in two versions: events (stored as core/v1) and autoscalers (stored as autoscaling/v2).
"""

from kubesteer.simulator.objects import Obj, items, section
from kubesteer.simulator.registry import Resource

CPU = "cpu"


def to_served(obj: Obj, resource: Resource) -> Obj:
    """A stored object in the version of the resource."""
    if obj.get("apiVersion") == resource.api_version:
        return obj
    if resource.kind == "Event":
        return _event_to_events(obj)
    if resource.kind == "HorizontalPodAutoscaler":
        return _autoscaler_to_v1(obj)
    return {**obj, "apiVersion": resource.api_version}


def to_stored(obj: Obj, resource: Resource) -> Obj:
    """A body in the version of the resource as it is stored."""
    if resource.stored == ("", "events"):
        return _event_to_core(obj)
    if resource.kind == "HorizontalPodAutoscaler" and resource.version == "v1":
        return _autoscaler_to_v2(obj)
    return obj


EVENT_NAMES = {
    "note": "message",
    "regarding": "involvedObject",
    "deprecatedSource": "source",
    "deprecatedFirstTimestamp": "firstTimestamp",
    "deprecatedLastTimestamp": "lastTimestamp",
    "deprecatedCount": "count",
    "reportingController": "reportingComponent",
}


def _event_to_events(obj: Obj) -> Obj:
    names = {core: served for served, core in EVENT_NAMES.items()}
    return {**{names.get(key, key): value for key, value in obj.items()}, "apiVersion": "events.k8s.io/v1"}


def _event_to_core(obj: Obj) -> Obj:
    return {**{EVENT_NAMES.get(key, key): value for key, value in obj.items()}, "apiVersion": "v1"}


def _autoscaler_to_v1(obj: Obj) -> Obj:
    spec, status = dict(section(obj, "spec")), dict(section(obj, "status"))
    for metric in spec.pop("metrics", None) or []:
        if section(metric, "resource").get("name") == CPU:
            spec["targetCPUUtilizationPercentage"] = section(metric, "resource", "target").get(
                "averageUtilization"
            )
    spec.pop("behavior", None)
    for metric in status.pop("currentMetrics", None) or []:
        if section(metric, "resource").get("name") == CPU:
            current = section(metric, "resource", "current").get("averageUtilization")
            status["currentCPUUtilizationPercentage"] = current
    status.pop("conditions", None)
    return {**obj, "apiVersion": "autoscaling/v1", "spec": spec, "status": status}


def _autoscaler_to_v2(obj: Obj) -> Obj:
    spec = dict(section(obj, "spec"))
    percent = spec.pop("targetCPUUtilizationPercentage", None)
    if percent is not None and not items(spec, "metrics"):
        target = {"type": "Utilization", "averageUtilization": percent}
        spec["metrics"] = [{"type": "Resource", "resource": {"name": CPU, "target": target}}]
    return {**obj, "apiVersion": "autoscaling/v2", "spec": spec}

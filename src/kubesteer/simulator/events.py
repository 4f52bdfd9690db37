"""Recording events, with repeated ones counted instead of repeated.

Source: https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/event-v1/ and
k8s.io/client-go/tools/{record,events}.
"""

import secrets

from kubesteer.simulator.clock import Clock, micro_stamp
from kubesteer.simulator.objects import Obj, name_of, namespace_of, number, uid_of
from kubesteer.simulator.store import Store

EVENTS = ("", "events")
NEW_STYLE = frozenset({"default-scheduler"})
"""Components that write events of the newer API: with eventTime, without source and counts."""


class Recorder:
    """Writes events about objects."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store = store
        self.clock = clock
        self._names: dict[tuple[str, ...], tuple[str, str]] = {}

    def record(
        self,
        obj: Obj,
        kind: str,
        reason: str,
        message: str,
        component: str,
        *,
        path: str = "",
        host: str = "",
    ) -> None:
        """Write an event of `kind` Normal or Warning, or count it once more."""
        namespace = namespace_of(obj) or "default"
        same = (uid_of(obj), kind, reason, message, component, path)
        place = self._names.get(same)
        known = self.store.get(EVENTS, *place) if place else None
        if known is not None:
            self.store.put(EVENTS, self._again(known))
            return
        name = f"{name_of(obj)}.{secrets.token_hex(8)}"
        self._names[same] = (namespace, name)
        event = self._event(obj, kind, reason, message, component, name, namespace)
        if path:
            event["involvedObject"]["fieldPath"] = path
        if host:
            event["source"]["host"] = event["reportingInstance"] = host
        self.store.put(EVENTS, event)

    def _event(
        self, obj: Obj, kind: str, reason: str, message: str, component: str, name: str, namespace: str
    ) -> Obj:
        now = self.clock.stamp()
        about = {
            "kind": obj["kind"],
            "apiVersion": obj["apiVersion"],
            "name": name_of(obj),
            "uid": uid_of(obj),
        }
        about["resourceVersion"] = obj["metadata"].get("resourceVersion", "")
        if namespace_of(obj):
            about["namespace"] = namespace_of(obj)
        event: Obj = {
            "apiVersion": "v1",
            "kind": "Event",
            "metadata": {
                "name": name,
                "namespace": namespace,
                "uid": secrets.token_hex(16),
                "creationTimestamp": now,
            },
            "involvedObject": about,
            "reason": reason,
            "message": message,
            "type": kind,
            "reportingComponent": component,
            "reportingInstance": "",
        }
        if component in NEW_STYLE:
            moment = micro_stamp(self.clock.now())
            more: Obj = {"eventTime": moment, "firstTimestamp": None, "lastTimestamp": None, "source": {}}
            return {
                **event,
                **more,
                "action": "Scheduling",
                "reportingInstance": f"{component}-control-plane",
            }
        times = {"firstTimestamp": now, "lastTimestamp": now, "count": 1, "eventTime": None}
        return {**event, **times, "source": {"component": component}}

    def _again(self, event: Obj) -> Obj:
        fresh = {**event, "metadata": dict(event["metadata"])}
        if event.get("eventTime"):
            count = number(event.get("series"), "count", default=1) + 1
            return {**fresh, "series": {"count": count, "lastObservedTime": micro_stamp(self.clock.now())}}
        return {**fresh, "count": number(event, "count") + 1, "lastTimestamp": self.clock.stamp()}

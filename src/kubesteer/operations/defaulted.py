"""What the server fills in where nobody said anything: left out where a whole object is shown.

Source: the documented defaults of core/v1, apps/v1 and batch/v1 (Kubernetes 1.34 API reference).
"""

from __future__ import annotations

from typing import Any

_DEFAULTS: dict[str, tuple[Any, ...]] = {
    "terminationMessagePath": ("/dev/termination-log",),
    "terminationMessagePolicy": ("File",),
    "imagePullPolicy": ("IfNotPresent", "Always"),
    "dnsPolicy": ("ClusterFirst",),
    "schedulerName": ("default-scheduler",),
    "terminationGracePeriodSeconds": (30,),
    "enableServiceLinks": (True,),
    "restartPolicy": ("Always",),
    "protocol": ("TCP",),
    "scheme": ("HTTP",),
    "timeoutSeconds": (1,),
    "successThreshold": (1,),
    "revisionHistoryLimit": (10,),
    "progressDeadlineSeconds": (600,),
    "podManagementPolicy": ("OrderedReady",),
    "persistentVolumeClaimRetentionPolicy": ({"whenDeleted": "Retain", "whenScaled": "Retain"},),
    "strategy": ({"type": "RollingUpdate", "rollingUpdate": {"maxSurge": "25%", "maxUnavailable": "25%"}},),
    "sessionAffinity": ("None",),
    "internalTrafficPolicy": ("Cluster",),
    "ipFamilyPolicy": ("SingleStack",),
    "ipFamilies": (["IPv4"],),
    "volumeMode": ("Filesystem",),
    "completionMode": ("NonIndexed",),
    "podReplacementPolicy": ("TerminatingOrFailed",),
    "backoffLimit": (6,),
    "suspend": (False,),
}
"""Fields by name with the values that the server gives them by itself."""


def undefaulted(value: Any) -> Any:
    """A copy without fields at their defaults and without what is empty."""
    if isinstance(value, list):
        return [undefaulted(item) for item in value]
    if not isinstance(value, dict):
        return value
    shown = {key: undefaulted(inner) for key, inner in value.items() if inner not in _DEFAULTS.get(key, ())}
    return {key: inner for key, inner in shown.items() if inner not in ({}, None)}

"""LimitRanger: defaults and bounds for the containers of a namespace.

Source: https://kubernetes.io/docs/concepts/policy/limit-range/
"""

from kubesteer.simulator.failures import forbidden
from kubesteer.simulator.objects import Obj, ensure, items, name_of, namespace_of, section
from kubesteer.simulator.quantities import amount
from kubesteer.simulator.store import Store

LIMIT_RANGES = ("", "limitranges")


def admit_limits(store: Store, pod: Obj) -> None:
    """Fill in default limits and requests, then hold the pod to the bounds. Raises Failure 403."""
    broken: list[str] = []
    for limit_range in store.list(LIMIT_RANGES, namespace_of(pod)):
        for limit in items(limit_range, "spec", "limits"):
            if limit.get("type") == "Container":
                for container in items(pod, "spec", "containers"):
                    _fill(container, limit)
                    broken += _broken(container, limit)
    if broken:
        why = broken[0] if len(broken) == 1 else f"[{', '.join(broken)}]"
        raise forbidden("", "pods", name_of(pod), why)


def _fill(container: Obj, limit: Obj) -> None:
    resources = ensure(container, "resources")
    for resource, value in section(limit, "default").items():
        ensure(resources, "limits").setdefault(resource, value)
    for resource, value in section(limit, "defaultRequest").items():
        ensure(resources, "requests").setdefault(resource, value)
    for resource, value in section(resources, "limits").items():
        ensure(resources, "requests").setdefault(resource, value)


def _broken(container: Obj, limit: Obj) -> list[str]:
    found = []
    resources = section(container, "resources")
    for resource, bound in section(limit, "min").items():
        asked = section(resources, "requests").get(resource)
        if asked is None:
            found.append(f"minimum {resource} usage per Container is {bound}.  No request is specified")
        elif amount(asked) < amount(bound):
            found.append(f"minimum {resource} usage per Container is {bound}, but request is {asked}")
    for resource, bound in section(limit, "max").items():
        given = section(resources, "limits").get(resource)
        if given is None:
            found.append(f"maximum {resource} usage per Container is {bound}.  No limit is specified")
        elif amount(given) > amount(bound):
            found.append(f"maximum {resource} usage per Container is {bound}, but limit is {given}")
    return found

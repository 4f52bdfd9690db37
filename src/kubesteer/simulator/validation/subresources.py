"""Which part of an object a write may touch: `status` through its subresource alone, the rest without it."""

from kubesteer.simulator.objects import Obj
from kubesteer.simulator.registry import Resource


def own_part(before: Obj, after: Obj, resource: Resource, subresource: str) -> Obj:
    """The stored object with the part replaced that the request's path is for."""
    if subresource == "status":
        kept = {**before, "metadata": {**before["metadata"]}}
        for key in ("labels", "annotations", "finalizers", "managedFields"):
            if key in after["metadata"]:
                kept["metadata"][key] = after["metadata"][key]
        kept["status"] = after.get("status", {})
        return kept
    if subresource or not resource.status:
        return after
    kept = {key: value for key, value in after.items() if key != "status"}
    return {**kept, "status": before["status"]} if "status" in before else kept

"""What stands behind a Service."""

from __future__ import annotations

from kubesteer.analyzers.resources.networks import Service
from kubesteer.analyzers.world import World
from kubesteer.core.refs import Ref


def ready_endpoints(world: World, service: Service) -> int | None:
    """How many endpoints are ready; None where EndpointSlices could not be looked at."""
    if not world.saw("EndpointSlice"):
        return None
    return sum(e.conditions.ready for s in world.slices_of(service) for e in s.endpoints if e.addresses)


def behind(world: World, service: Ref) -> tuple[Ref, ...]:
    """The workloads whose pods a Service selects, also those scaled to zero."""
    found = world.get(Service, service.namespace, service.name)
    if found is None or not found.spec.selector:
        return ()
    wanted = found.spec.selector.items()
    return tuple(
        owner.ref for owner, t in world.templates_in(found.namespace) if wanted <= t.metadata.labels.items()
    )

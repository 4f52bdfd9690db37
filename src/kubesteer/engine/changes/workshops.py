"""What the life of a change works with: the cluster, the way to change it, the ledger, the policies, the time."""

from __future__ import annotations

from dataclasses import dataclass, field

from kubesteer.core.clusters import Actuator, Cluster, Identity
from kubesteer.core.ledgers import Ledger
from kubesteer.engine.changes.clocks import Clock, stamp
from kubesteer.policies.rulebooks import Rulebook


@dataclass(slots=True)
class Workshop:
    """The ports together. The identity is asked for once."""

    cluster: Cluster
    actuator: Actuator
    ledger: Ledger
    rulebook: Rulebook
    clock: Clock
    _identity: Identity | None = field(default=None, init=False)

    async def whereabouts(self) -> Identity:
        """Who we are, and on which cluster."""
        if self._identity is None:
            self._identity = await self.cluster.identity()
        return self._identity

    def stamp(self) -> str:
        """The time now, as records keep it."""
        return stamp(self.clock.now())

"""The refusal that carries a new proposal: the cluster is no longer what was approved."""

from __future__ import annotations

from kubesteer.core.errors import Refused
from kubesteer.core.ledgers import Proposal
from kubesteer.core.texts import Text


class Drifted(Refused):
    """The object changed so that the approved diff is not what would happen.

    `proposal` is the new one, with the new diff, where one could be made.
    """

    def __init__(self, text: Text, remedy: Text | None = None, proposal: Proposal | None = None) -> None:
        super().__init__(text, remedy)
        self.proposal = proposal

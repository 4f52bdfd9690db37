"""The life of a change: proposed, approved, carried out once, verified, undone on regression, on the record.

Belongs here: transitions and what they demand (bindings, preconditions, drift, marks, verification, the way
back). It is the only room that issues a Warrant. Does not belong here: what a verb sends (operations), what is
allowed (policies), how a ledger is kept (adapters).
"""

from kubesteer.core.drifts import Drifted
from kubesteer.engine.changes.lives import Changes
from kubesteer.engine.changes.runners import InlineRunner

__all__ = ["Changes", "Drifted", "InlineRunner"]

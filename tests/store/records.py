"""Records as small as they can be."""

from __future__ import annotations

from collections.abc import Callable

from kubesteer.adapters.store.ledgers import SqlLedger
from kubesteer.core.ledgers import Line, Record, Step, Write
from kubesteer.core.refs import Ref
from kubesteer.core.texts import Text

Opener = Callable[..., SqlLedger]

SAID = Line("said", "ann", Text("说了", "said"), {"n": 1})


def record(identifier: str = "chg-aaaaaaaaaa", name: str = "web", **fields: object) -> Record:
    """A proposal to scale a Deployment."""
    about = Ref("Deployment", "shop", name)
    step = Step(
        operation="scale",
        arguments={"replicas": 3},
        diff="~ spec.replicas: 2 → 3",
        explained=Text("扩容", "scale"),
        writes=(Write(identifier, "patch", about, "0" * 64),),
    )
    whole = {
        "id": identifier,
        "state": "proposed",
        "cluster": "c1",
        "server": "https://one",
        "asked_by": "ann",
        "words": "扩到 3 个",
        "language": "zh",
        "created_at": "2026-01-01T00:00:00.000Z",
        "expires_at": "2026-01-01T01:00:00.000Z",
        "risk": "medium",
        "steps": (step,),
    }
    return Record(**(whole | fields))  # type: ignore[arg-type]

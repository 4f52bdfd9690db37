"""What a column is."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kubesteer.simulator.objects import Obj

Cell = Callable[[Obj, datetime], Any]


@dataclass(frozen=True, slots=True)
class Column:
    """A column's title, how a cell of it is filled, and whether it shows only with `-o wide`."""

    name: str
    cell: Cell
    wide: bool = False
    type: str = "string"

    def definition(self) -> Obj:
        """The wire form."""
        return {
            "name": self.name,
            "type": self.type,
            "format": "name" if self.name == "Name" else "",
            "description": "",
            "priority": 1 if self.wide else 0,
        }

"""The simulator in the shape that contract tests expect of a server."""

from __future__ import annotations

from types import TracebackType
from typing import Self


class SimulatedServer:
    """kubesteer's own simulator, with three nodes."""

    def __enter__(self) -> Self:
        from kubesteer.simulator import Simulator

        self._simulator = Simulator(nodes=3)
        self._simulator.__enter__()
        self.url = self._simulator.url
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._simulator.__exit__(kind, error, trace)

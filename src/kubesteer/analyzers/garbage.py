"""Python's cycle collector, held back while a World is made and judged."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """A World holds hundreds of thousands of lists and no cycle: each pass over them, of which a scan of 10,000
    pods would bring dozens, finds nothing and costs a tenth of a second."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()

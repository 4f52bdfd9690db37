"""One request and its answer, as the rest of this package sees them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from kubesteer.adapters.kubernetes.attempts import Attempt

JSON = "application/json"


@dataclass(frozen=True, slots=True)
class ApiRequest:
    """One HTTP request; `path` is complete and escaped already."""

    attempt: Attempt
    path: str
    method: str = "GET"
    params: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    content_type: str = JSON
    accept: str = JSON


@dataclass(frozen=True, slots=True)
class Answer:
    """A success, complete. `date` is the server's Date header."""

    body: bytes
    date: str = ""


@dataclass(frozen=True, slots=True)
class Exchange:
    """What `-v` shows of one request. `status` is 0 where no answer came, and `trouble` says why."""

    method: str
    target: str
    status: int
    milliseconds: float
    trouble: str = ""


Observer = Callable[[Exchange], None]
"""Called after every exchange, retries included; it must not raise."""

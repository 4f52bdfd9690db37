"""Faults on request: what can go wrong between a client and an API server."""

import re
from dataclasses import dataclass, field
from typing import Any, Literal

from kubesteer.simulator.failures import Failure

REASONS = {
    400: ("BadRequest", "the request is not valid"),
    401: ("Unauthorized", "Unauthorized"),
    403: ("Forbidden", "forbidden"),
    404: ("NotFound", "the server could not find the requested resource"),
    409: (
        "Conflict",
        "the object has been modified; please apply your changes to the latest version and try again",
    ),
    410: ("Expired", "The resourceVersion for the provided watch is too old."),
    422: ("Invalid", "the object is invalid"),
    429: ("TooManyRequests", "Too many requests, please try again later."),
    500: ("InternalError", "Internal error occurred: injected"),
    503: ("ServiceUnavailable", "the server is currently unable to handle the request"),
    504: ("Timeout", "The request timed out, please try again later."),
}


@dataclass(slots=True)
class Fault:
    """One thing that goes wrong, for the requests that it matches.

    `when="before"`: the request is not carried out. `"after"`: it is, and the answer is then replaced
    by `status`, or lost. `cut_after`: the connection breaks after so many bytes of the answer's body (0:
    before its first). `delay`: seconds of wall-clock time before anything. `times` and `skip` count the
    matching requests. `dry_run` narrows to dry runs (True) or real requests (False), which stages a
    webhook that refuses a write after allowing its dry run.
    """

    method: str | None = None
    path_regex: str = ""
    status: int | None = None
    times: int | None = None
    skip: int = 0
    delay: float = 0.0
    cut_after: int | None = None
    retry_after: int | None = None
    body: Any = None
    message: str = ""
    reason: str = ""
    when: Literal["before", "after"] = "before"
    dry_run: bool | None = None
    hits: int = 0

    def matches(self, method: str, path: str, *, dry_run: bool) -> bool:
        """Whether a request (path with its query) is meant."""
        if self.dry_run is not None and self.dry_run is not dry_run:
            return False
        return self.method in (None, method) and re.search(self.path_regex, path) is not None

    def failure(self) -> Failure:
        """The Status that `status` stands for."""
        code = self.status or 500
        reason, message = REASONS.get(code, ("", f"injected status {code}"))
        return Failure(code, self.reason or reason, self.message or message, retry_after=self.retry_after)


@dataclass(slots=True)
class Faults:
    """The faults that are in force; the first that matches a request is the one that strikes."""

    active: list[Fault] = field(default_factory=list)

    def add(self, fault: Fault) -> Fault:
        """Put a fault in force, and return it (its `hits` count the requests it struck)."""
        self.active.append(fault)
        return fault

    def clear(self) -> None:
        """Nothing goes wrong any more."""
        self.active.clear()

    def strike(self, method: str, path: str, *, dry_run: bool) -> Fault | None:
        """The fault for a request, if any, counted."""
        for fault in self.active:
            if not fault.matches(method, path, dry_run=dry_run):
                continue
            if fault.skip > 0:
                fault.skip -= 1
                continue
            if fault.times is None or fault.hits < fault.times:
                fault.hits += 1
                return fault
        return None

"""From an HTTP answer to an error of core: the only place that knows what a status code means."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import msgspec

from kubesteer.adapters.kubernetes import wordings
from kubesteer.adapters.kubernetes.attempts import Attempt
from kubesteer.adapters.kubernetes.decoders import NONSENSE
from kubesteer.core.errors import (
    ClusterError,
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
    Throttled,
    Unauthenticated,
    Unavailable,
    Unsupported,
)

TABLE: Mapping[tuple[int, str], type[ClusterError]] = {
    (400, ""): Invalid,
    (401, ""): Unauthenticated,
    (403, ""): Forbidden,
    (404, ""): NotFound,
    (405, ""): Unsupported,
    (406, ""): Unsupported,
    (409, ""): Conflict,
    (410, ""): Unavailable,
    (413, ""): Invalid,
    (415, ""): Unsupported,
    (422, ""): Invalid,
    (429, ""): Throttled,
    # Some answers carry a code that says less than their reason.
    (500, "AlreadyExists"): Conflict,
    (500, "Conflict"): Conflict,
    (500, "Forbidden"): Forbidden,
    (500, "NotFound"): NotFound,
}
"""(status, reason) to error; the reason "" stands for every other. Source: reasons and codes of
metav1.Status (k8s.io/apimachinery/pkg/apis/meta/v1/types.go)."""

AGAIN = frozenset({429, 500, 502, 503, 504})
"""Answers after which a read is worth repeating."""

KUBELET = 500
"""What the API server says of a log whose kubelet it cannot reach or that has none: that lasts, and a scan
asks for many logs. kubectl does not repeat it either."""


class Cause(msgspec.Struct):
    """One reason within a Status."""

    reason: str = ""
    message: str = ""
    field: str = ""


class Details(msgspec.Struct):
    """What a Status is about; `kind` is the resource in the plural for most."""

    name: str = ""
    group: str = ""
    kind: str = ""
    causes: list[Cause] | None = None
    retryAfterSeconds: int = 0


class Status(msgspec.Struct):
    """metav1.Status, as far as errors need it."""

    kind: str = ""
    message: str = ""
    reason: str = ""
    code: int = 0
    details: Details | None = None

    @property
    def about(self) -> Details:
        """The details, empty where there are none."""
        return self.details or Details()


@dataclass(frozen=True, slots=True)
class Failure:
    """An attempt that failed; `again` tells whether the same read may succeed shortly, `after` how many
    seconds the server asks to wait first."""

    error: ClusterError
    again: bool = False
    after: float = 0.0


def failure(attempt: Attempt, status: int, headers: Mapping[str, str], body: bytes) -> Failure:
    """What an answer that is not a success means."""
    if 300 <= status < 400:
        return Failure(wordings.redirected(headers.get("location", ""), status))
    said = _status(body)
    after = _seconds(headers.get("retry-after", "")) or float(said.about.retryAfterSeconds if said else 0)
    again = status in AGAIN and not (status == KUBELET and attempt.subresource == "log")
    if said is not None:
        return Failure(error_of(attempt, said, status, after), again, after)
    return Failure(_without_status(attempt, status, body, after), again, after)


def error_of(attempt: Attempt, said: Status, status: int = 0, after: float = 0.0) -> ClusterError:
    """The error that a Status stands for; `status` where it came with an HTTP answer of its own."""
    status = status or said.code or 500
    found = TABLE.get((status, said.reason)) or TABLE.get((status, "")) or _otherwise(status)
    if found is NotFound and not said.about.name:
        found = Unsupported
    return _WORDED[found](attempt, said, status, after)


def _otherwise(status: int) -> type[ClusterError]:
    return Invalid if 400 <= status < 500 else Unavailable


def _status(body: bytes) -> Status | None:
    try:
        said = msgspec.json.decode(body, type=Status)
    except NONSENSE:
        return None
    return said if said.kind == "Status" else None


def _without_status(attempt: Attempt, status: int, body: bytes, after: float) -> ClusterError:
    found = TABLE.get((status, "")) or _otherwise(status)
    words = wordings.cleaned(body[:2000].decode("utf-8", "replace"))
    if found is NotFound and words == "404 page not found" and attempt.group:
        found = Unsupported  # what the API server says of a group that it does not serve
    elif found in (NotFound, Invalid, Conflict, Unsupported):
        return wordings.not_kubernetes(status, words)
    return _WORDED[found](attempt, Status(message=words), status, after)


def _seconds(text: str) -> float:
    return float(text) if text.isascii() and text.isdigit() else 0.0


def _unauthenticated(_: Attempt, said: Status, status: int, __: float) -> ClusterError:
    return Unauthenticated(*wordings.unauthenticated(said.message), status=status)


def _forbidden(attempt: Attempt, said: Status, status: int, _: float) -> ClusterError:
    return Forbidden(*wordings.forbidden(attempt, said.message), status=status)


def _not_found(attempt: Attempt, said: Status, status: int, _: float) -> ClusterError:
    return NotFound(*wordings.not_found(attempt, said.about.kind, said.about.name), status=status)


def _conflict(attempt: Attempt, said: Status, status: int, _: float) -> ClusterError:
    return Conflict(*wordings.conflict(attempt, said.reason, said.message), status=status)


def _invalid(attempt: Attempt, said: Status, status: int, _: float) -> ClusterError:
    causes = [f"{cause.field}: {cause.message}".removeprefix(": ") for cause in said.about.causes or ()]
    if any(cause.field == "metadata.uid" for cause in said.about.causes or ()):
        # A patch that carries the uid of an object that was deleted and made anew is refused as invalid.
        return Conflict(*wordings.replaced(attempt), status=status)
    return Invalid(*wordings.invalid(attempt, said.message, causes), status=status)


def _throttled(attempt: Attempt, said: Status, status: int, after: float) -> ClusterError:
    budget = any(cause.reason == "DisruptionBudget" for cause in said.about.causes or ())
    text, remedy = wordings.throttled(attempt, said.message, budget)
    return Throttled(text, remedy, retry_after=after or 1.0, status=status)


def _unavailable(attempt: Attempt, said: Status, status: int, _: float) -> ClusterError:
    return Unavailable(*wordings.unavailable(attempt, said.message, status), status=status)


def _unsupported(attempt: Attempt, said: Status, status: int, _: float) -> ClusterError:
    return Unsupported(*wordings.unsupported(attempt, said.message), status=status)


_WORDED: Mapping[type[ClusterError], Callable[[Attempt, Status, int, float], ClusterError]] = {
    Unauthenticated: _unauthenticated,
    Forbidden: _forbidden,
    NotFound: _not_found,
    Conflict: _conflict,
    Invalid: _invalid,
    Throttled: _throttled,
    Unavailable: _unavailable,
    Unsupported: _unsupported,
}

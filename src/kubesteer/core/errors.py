"""Everything that kubesteer raises on purpose.

KubesteerError
├── ClusterError            the API server, or the way to it
│   ├── Unauthenticated     401: it does not know who we are
│   ├── Forbidden           403: it knows, and refuses
│   ├── NotFound            404: no such object, or no such API
│   ├── Conflict            409: changed in between, or it exists already
│   ├── Invalid             400, 422: it will not accept what was sent
│   ├── Throttled           429: too many requests, or a disruption budget
│   ├── Unavailable         no answer, 5xx, cut off, not Kubernetes
│   └── Unsupported         the server does not serve this API at all
├── Misconfigured           kubeconfig, flags, environment, policy file
├── Unusable                an argument that cannot be used; says why
│   └── AlreadySo           nothing to change: the object is as it was asked to be
├── Refused                 policy, approval or the life of a change forbids it
├── Ambiguous               several objects fit; candidates are attached
└── StoreError              the ledger cannot be read or written
"""

from __future__ import annotations

from kubesteer.core.refs import Ref
from kubesteer.core.texts import Language, Text


class KubesteerError(Exception):
    """A failure with a plain sentence and, where there is one, a remedy, in both languages."""

    def __init__(self, text: Text, remedy: Text | None = None) -> None:
        super().__init__(text.en)
        self.text = text
        self.remedy = remedy

    def say(self, language: Language) -> str:
        """The sentence followed by its remedy."""
        if self.remedy is None:
            return self.text.of(language)
        return f"{self.text.of(language)}\n{self.remedy.of(language)}"


class ClusterError(KubesteerError):
    """Base of everything that the Cluster port raises.

    `sent` tells whether the request may have reached the server: a write that raised with `sent` true may
    have been performed.
    """

    def __init__(self, text: Text, remedy: Text | None = None, *, status: int = 0, sent: bool = True) -> None:
        super().__init__(text, remedy)
        self.status = status
        self.sent = sent


class Unauthenticated(ClusterError):
    """The server does not accept our credentials."""


class Forbidden(ClusterError):
    """The server refuses; the remedy prints the Role that would allow it."""


class NotFound(ClusterError):
    """The object, or the API that would serve it, does not exist."""


class Conflict(ClusterError):
    """The object changed since it was read, or exists already."""


class Invalid(ClusterError):
    """The server rejected the content of the request."""


class Throttled(ClusterError):
    """The server asks to slow down, or a disruption budget holds an eviction back."""

    def __init__(
        self, text: Text, remedy: Text | None = None, *, retry_after: float = 1.0, status: int = 429
    ) -> None:
        super().__init__(text, remedy, status=status)
        self.retry_after = retry_after  # seconds


class Unavailable(ClusterError):
    """No usable answer: refused, timed out, cut off, 5xx, or not a Kubernetes API at all."""


class Unsupported(ClusterError):
    """The server does not serve this API group, for example metrics.k8s.io."""


class Misconfigured(KubesteerError):
    """Our own settings do not make sense; nothing was sent."""


class Unusable(KubesteerError):
    """An argument of an operation cannot be used."""

    def __init__(self, argument: str, text: Text, remedy: Text | None = None) -> None:
        super().__init__(text, remedy)
        self.argument = argument


class AlreadySo(Unusable):
    """The object is as it was asked to be: there is nothing to change, and nothing went wrong.

    `step` counts from 0: which of several changes it is.
    """

    step = 0


class Refused(KubesteerError):
    """Something forbids it: a policy, a missing approval, drift, expiry."""


class Ambiguous(KubesteerError):
    """Several objects fit the words."""

    def __init__(self, text: Text, candidates: tuple[Ref, ...]) -> None:
        super().__init__(text)
        self.candidates = candidates


class StoreError(KubesteerError):
    """The ledger cannot be read or written: disk full, locked, wrong version."""

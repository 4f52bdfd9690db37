"""Why a policy says no, and which line of the policy file would have to change."""

from __future__ import annotations

from dataclasses import dataclass

from kubesteer.core.texts import Text


@dataclass(frozen=True, slots=True)
class Reason:
    """A refusal. `line` is the key of the policy file, such as `replicas.most: 100`."""

    text: Text
    line: str

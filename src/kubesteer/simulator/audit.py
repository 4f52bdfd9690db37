"""What was asked of the API server, by whom, and how it was answered."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class AuditRecord:
    """One request. `status` is 0 where a fault lost it before anything was done."""

    verb: str
    user: str
    method: str
    path: str
    group: str
    resource: str
    namespace: str
    name: str
    subresource: str
    status: int
    dry_run: bool
    body: Any
    """The decoded body of a write, None for reads and for bodies that could not be read."""
    field_manager: str
    user_agent: str
    time: datetime

    @property
    def write(self) -> bool:
        """Whether the request was one that changes something when it is carried out."""
        return self.verb in ("create", "update", "patch", "delete", "deletecollection") and not self.dry_run

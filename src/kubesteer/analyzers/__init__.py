"""What is wrong with a cluster, told from one snapshot of it.

Belongs here: narrow shapes of objects, the World, rules as data, and the graph that folds symptoms under
causes. Does not belong here: changes (a rule names the operation that would mend, no more), output formats.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kubesteer.analyzers.reports import Report
    from kubesteer.analyzers.scans import diagnose, scan

__all__ = ["Report", "diagnose", "scan"]

_HOMES = {"Report": "reports", "diagnose": "scans", "scan": "scans"}


def __getattr__(name: str) -> Any:
    """The exports, imported when first asked for (PEP 562): a hundred rules are not loaded to restart a pod."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)

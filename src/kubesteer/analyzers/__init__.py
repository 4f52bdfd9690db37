"""What is wrong with a cluster, told from one snapshot of it.

Belongs here: narrow shapes of objects, the World, rules as data, and the graph that folds symptoms under
causes. Does not belong here: changes (a rule names the operation that would mend, no more), output formats.
"""

from kubesteer.analyzers.reports import Report
from kubesteer.analyzers.scans import diagnose, scan

__all__ = ["Report", "diagnose", "scan"]

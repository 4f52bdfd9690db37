"""The page that documents the rules, made from the rules: `python -m kubesteer.analyzers.pages > docs/rules.md`."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from kubesteer.analyzers.matches import Rule, no_remedy
from kubesteer.analyzers.rules.registry import RULES

HEAD = """# Rules

What `kubesteer scan` and `kubesteer diagnose` look for. This page is generated from the rules
(`python -m kubesteer.analyzers.pages > docs/rules.md`); a test holds that it is up to date, and that each rule
has an example in which it alone finds the one fault, and a healthy one in which nothing does.

A rule's severity may be raised to critical where it leaves a workload without a ready pod (marked ↑), and is
lowered to info while patience lasts. *Explained by*: ids or groups of rules under which it is folded, on the
same object or on one that it depends on. *Remedy*: `yes` where the rule can name an operation that the cluster
itself determines, or says exactly what only a person can supply; `rollback` where going back is proposed when the
last rollout is to blame.
"""


def page(rules: Iterable[Rule] = RULES) -> str:
    """The page as Markdown."""
    listed = list(rules)
    parts = [HEAD, f"{len(listed)} rules.\n"]
    for group, members in groupby(listed, key=lambda rule: rule.group):
        parts.append(
            f"## {group}\n\n| id | kind | severity | finds | 含义 | explained by | remedy |\n|---|---|---|---|---|---|---|"
        )
        parts.append("\n".join(_row(rule) for rule in members) + "\n")
    return "\n".join(parts)


def _row(rule: Rule) -> str:
    severity = rule.severity + (" ↑" if rule.outage else "")
    causes = ", ".join(sorted(rule.causes | rule.remote_causes)) or "–"
    remedies = (["yes"] if rule.remedy is not no_remedy else []) + (["rollback"] if rule.rollback else [])
    cells = (
        f"`{rule.id}`",
        rule.kind,
        severity,
        rule.title.en,
        rule.title.zh,
        causes,
        ", ".join(remedies) or "–",
    )
    return "| " + " | ".join(cells) + " |"


if __name__ == "__main__":
    print(page(), end="")

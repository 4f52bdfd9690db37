"""Findings in words: plain text for people, Markdown for tickets."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from kubesteer.core.findings import Coverage, Finding, Severity, Suggestion
from kubesteer.core.texts import Language, Text, join

LEVELS: Mapping[Severity, Text] = {
    "critical": Text("严重", "critical"),
    "warning": Text("警告", "warning"),
    "info": Text("提示", "info"),
}

REASONS = {
    "forbidden": "无权限",
    "absent": "集群没有这个 API",
    "unauthenticated": "未通过认证",
    "throttled": "被限流",
    "timed out": "超时",
    "unavailable": "取不到",
}


def described(number: int, finding: Finding) -> Text:
    """One finding with its cause, evidence and remedies beneath."""
    level = LEVELS[finding.severity]
    head = Text(
        f"{number}. [{level.zh}] {finding.summary.zh}", f"{number}. [{level.en}] {finding.summary.en}"
    )
    lines = [head, Text("   原因:", "   Cause: ") + finding.cause]
    lines += [Text.same("   - ") + line for line in finding.evidence]
    lines += [Text("   可以:", "   Remedy: ") + Text.same(worded(each)) for each in finding.suggestions[:3]]
    if finding.missing is not None and not finding.suggestions:
        lines.append(Text("   还缺:", "   Missing: ") + finding.missing)
    return join(lines)


def worded(suggestion: Suggestion) -> str:
    """`set_image Deployment shop/cart image=cart:1.2`."""
    arguments = dict(suggestion.arguments)
    kind, namespace, name = (str(arguments.pop(key, "")) for key in ("kind", "namespace", "name"))
    target = f"{kind} " * bool(kind) + f"{namespace}/" * bool(namespace) + name
    rest = " ".join(f"{key}={_value(value)}" for key, value in arguments.items())
    return " ".join(part for part in (suggestion.operation, target, rest) if part)


def _value(value: Any) -> str:
    return value if isinstance(value, str) and "\n" not in value else json.dumps(value, ensure_ascii=False)


def covered(coverage: Coverage) -> Iterable[Text]:
    """What was not looked at, in one line; kinds that the cluster does not serve are not worth one."""
    missed = {k: why for k, why in sorted(coverage.not_looked_at.items()) if why != "absent"}
    if "PodMetrics" in coverage.not_looked_at:
        missed.setdefault("PodMetrics", coverage.not_looked_at["PodMetrics"])
    if not missed:
        return []
    zh = "、".join(f"{kind}({REASONS.get(why, why)})" for kind, why in missed.items())
    en = ", ".join(f"{kind} ({why})" for kind, why in missed.items())
    return [Text(f"没有查看:{zh}。", f"Not looked at: {en}.")]


def marked_down(
    headline: Text, findings: Sequence[Finding], notes: Iterable[Text], language: Language
) -> str:
    """A report as Markdown. What comes from the cluster is quoted as code, so that it cannot be markup."""
    parts = [f"## {headline.of(language)}"]
    for finding in findings:
        level = LEVELS[finding.severity].of(language)
        lines = [
            f"### {level}: {_inert(finding.summary.of(language))}",
            "",
            _inert(finding.cause.of(language)),
            "",
        ]
        lines += [f"- {_code(line.of(language))}" for line in finding.evidence]
        lines += [f"- [ ] {_code(worded(each))}" for each in finding.suggestions]
        if finding.missing is not None and not finding.suggestions:
            lines.append(f"- [ ] {_inert(finding.missing.of(language))}")
        parts.append("\n".join(lines))
    parts += [f"_{_inert(note.of(language))}_" for note in notes]
    return "\n\n".join(parts) + "\n"


def _code(words: str) -> str:
    flat = " ".join(words.split())
    fence = "`" * (max((len(run) for run in _runs(flat)), default=0) + 1)
    return f"{fence}{flat}{fence}" if len(fence) == 1 else f"{fence} {flat} {fence}"


def _runs(words: str) -> list[str]:
    runs, run = [], ""
    for char in words + " ":
        if char == "`":
            run += char
        elif run:
            runs.append(run)
            run = ""
    return runs


def _inert(words: str) -> str:
    return "".join("\\" + char if char in "\\`*_[]<>|#" else char for char in " ".join(words.split()))

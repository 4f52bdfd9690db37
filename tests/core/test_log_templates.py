"""Grouping of log lines by template."""

import pytest

from kubesteer.core.log_templates import LONGEST_LINE, mask, severity_of, templates


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            "2025-01-02T03:04:05.123Z ERROR order 12 failed for 10.0.0.1:443",
            "2025-01-02T03:04:09.999Z ERROR order 13 failed for 10.0.0.2:444",
        ),
        (
            "E0102 03:04:05.123456       1 a.go:12] lost lease",
            "E0103 13:04:05.000001       1 a.go:12] lost lease",
        ),
        (
            "request 3f2504e0-4f89-11d3-9a0c-0305e82c3301 took 12ms",
            "request 7c9e6679-7425-40de-944b-e07fc1f90ae7 took 3.5ms",
        ),
        ("user ann@example.com not found", "user bob.b@example.org not found"),
        ("watch shop-7d9f8b6c5-x2x4z ended", "watch shop-7d9f8b6c5-k8k9w ended"),
        ("commit deadbeef01 applied", "commit 0123abcd99 applied"),
        ("from [fe80:0:0:0:1:2:3:4]:80", "from [fe80:0:0:0:1:2:3:5]:81"),
    ],
)
def test_what_varies_is_masked(one: str, other: str) -> None:
    assert mask(one) == mask(other)


def test_what_names_the_cause_is_kept() -> None:
    assert "postgres.shop.svc:5432" in mask("dial tcp: postgres.shop.svc:5432: connection refused")
    assert mask("cannot open config.yaml") != mask("cannot open other.yaml")


@pytest.mark.parametrize(
    ("line", "severity"),
    [
        ("2025-01-02 03:04:05 ERROR something", "error"),
        ("2025-01-02 03:04:05,123 [main] WARN  pool - slow", "warning"),
        ('{"level":"info","msg":"request failed over to b, error=nil"}', "info"),
        ('{"level":"error","msg":"x"}', "error"),
        ("time=2025 level=warning msg=x", "warning"),
        ("E0102 03:04:05.123456       1 a.go:12] x", "error"),
        ("I0102 03:04:05.123456       1 a.go:12] retry after error", "info"),
        ("[ERROR] no", "error"),
        ("FATAL:  password authentication failed", "error"),
        ("java.lang.NullPointerException: x", "error"),
        ("finished with 0 errors", "info"),
        ("数据库连接失败", "error"),
        ("INFO error rate is 0", "info"),
        ("listening on 8080", "info"),
    ],
)
def test_severity_is_what_the_line_says_of_itself(line: str, severity: str) -> None:
    assert severity_of(line) == severity


def test_errors_come_first_then_the_frequent() -> None:
    lines = [
        "GET /a 200",
        "GET /a 200",
        "GET /a 201",
        "ERROR order 1 lost",
        "ERROR order 2 lost",
        "WARN slow",
    ]
    found = templates(lines)
    assert [(t.severity, t.count) for t in found] == [("error", 2), ("warning", 1), ("info", 3)]
    assert found[0].example == "ERROR order 2 lost"


def test_a_stack_trace_is_one_line() -> None:
    lines = [
        "Exception in thread main: boom",
        "    at a.B.c(B.java:1)",
        "    at a.B.d(B.java:2)",
        "Caused by: x",
    ]
    assert [t.count for t in templates(lines)] == [1]


def test_a_huge_line_is_cut_and_empty_lines_do_not_count() -> None:
    assert len(templates(["", "  ", "x" * 1_000_000])[0].template) == LONGEST_LINE

"""The choke point for secrets: what must not pass, and what must stay readable."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubesteer.core.texts import Text
from kubesteer.policies.redactions import LAST_APPLIED, MASK, is_sensitive, redacted, redacted_text

SECRET = "hunter2-S3cr3t"
TOKEN = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhZG1pbiJ9.c2lnbmF0dXJl"

LEAKS = [
    f"password={SECRET}",
    f"DB_PASSWORD={SECRET} started",
    f"db.password: {SECRET}",
    f'"apiKey": "{SECRET}"',
    f"'client_secret': '{SECRET}'",
    f"--token={SECRET} --verbose",
    f"?access_token={SECRET}&page=2",
    f"Authorization: Bearer {SECRET}",
    f"authorization: Basic {SECRET}==",
    f"Authorization={SECRET}",
    f"sent header bearer {SECRET}",
    f"postgres://app:{SECRET}@db:5432/orders",
    f"redis://:{SECRET}@cache:6379",
    f"mongodb+srv://user:{SECRET}@host/db?x=1",
    f"amqp://guest:{SECRET}@mq",
    f"Set-Cookie: session={SECRET}; Path=/",
    f"login with password: {SECRET} failed",
    f"密码={SECRET}",
    f"密码:{SECRET}",
    f"~ spec.template.spec.containers[app].env[DB_PASSWORD].value: {SECRET} → {SECRET}2",
    f"+ spec.template.spec.containers[app].env[API_TOKEN]: {SECRET}",
    f"-----BEGIN RSA PRIVATE KEY-----\n{SECRET}\n-----END RSA PRIVATE KEY-----",
    f"-----BEGIN PRIVATE KEY-----\n{SECRET}",
    f"-----BEGIN OPENSSH PRIVATE KEY-----{SECRET}-----END OPENSSH PRIVATE KEY-----",
]


# A secret made of letters alone looks like prose; only clear prose is let through.
LETTERS = "swordfish"
WORDY = [
    f"pass: {LETTERS}",
    f"  pass: {LETTERS}",
    f"user=bob pass: {LETTERS} host=db",
    f"pass={LETTERS}",
    f"PASS={LETTERS} may pass: allow them",
    f"who may pass={LETTERS}",
    f'{{"pass": "{LETTERS}"}}',
    f"level=info pass={LETTERS} msg=ok",
    f"failed login with token: {LETTERS} was rejected",
    f"password: {LETTERS} is wrong",
    f"failed to get token: invalid secret: {LETTERS}",
    f"Authorization: Bearer {LETTERS}",
    f"may require authorization: Basic {LETTERS}",
    f"authorization: {LETTERS}",
]


@pytest.mark.parametrize("line", WORDY)
def test_a_secret_of_letters_does_not_pass_for_prose(line: str) -> None:
    assert LETTERS not in redacted_text(line)


@pytest.mark.parametrize("number", [123456, 0, 3.5, -1])
def test_numbers_under_sensitive_names_are_masked(number: float) -> None:
    shown = redacted({"password": number, "pins": {"PIN_TOKEN": number}, "replicas": number})
    assert shown == {"password": MASK, "pins": {"PIN_TOKEN": MASK}, "replicas": number}
    assert redacted({"name": "DB_PASSWORD", "value": number})["value"] == MASK


def test_what_was_looked_at_stays_readable() -> None:
    coverage = {"looked_at": {"Secret": 12}, "not_looked_at": {"Secret": "forbidden"}, "token": True}
    assert redacted(coverage) == coverage


@pytest.mark.parametrize("line", LEAKS)
def test_no_secret_passes_in_a_text(line: str) -> None:
    assert SECRET not in redacted_text(line)
    assert MASK in redacted_text(line)


@pytest.mark.parametrize(
    "token",
    [TOKEN, "ghp_" + "a" * 36, "AKIAABCDEFGHIJKLMNOP", "xoxb-123456789012-abcdef", "sk-" + "a1" * 20],
)
def test_tokens_are_known_by_their_shape(token: str) -> None:
    assert token not in redacted_text(f"using {token} now")


@pytest.mark.parametrize(
    "line",
    [
        "the token expired at 10:00",
        "tokenizer=fast compass=north author=bob",
        "secretName: web-tls",
        "imagePullSecrets: registry",
        "password=",
        "token: null",
        "GET http://user-service:8080/login 200",
        "a bearer token is required",
        "basic authentication failed for 10.0.0.1",
        "automountServiceAccountToken: true",
        "~ spec.replicas: 2 → 3",
        "terminationMessagePath: /dev/termination-log",
        "看看 user-service 的日志",
        "commit 3f2c1d9 by ann",
        "Deployment shop/auth: 2/3 ready",
        "Deployment shop/user-token: 2/3 ready",
        "Pod web-token: CrashLoopBackOff",
        "auth: 2 of 3 replicas ready",
        "~ spec.template.spec.containers[auth].image: registry/auth:v1 → registry/auth:v2",
        "~ spec.template.spec.containers[app].image: registry.example.com/shop/token:v1 → x/token:v2",
        "缺少 Secret:db-credentials",
        'container "token": not ready',
        "Only a person can say who may pass: allow them in NetworkPolicy shop/db, or delete it.",
        "the probe must pass: check its port",
        "may require authorization: server message: insufficient_scope: authorization failed",
        "failed to fetch anonymous token: unexpected status from GET request",
        "cannot verify the token: signature is invalid",
        "Authorization: denied by a webhook",
        "The cluster does not accept our credentials (Unauthorized).",
        "它的用户名、密码或令牌不被接受(“password authentication failed”)",
    ],
)
def test_what_is_no_secret_stays(line: str) -> None:
    assert redacted_text(line) == line


@pytest.mark.parametrize(
    "name",
    [
        "password",
        "DB_PASSWORD",
        "dbPassword",
        "api-key",
        "apiKey",
        "AWS_SECRET_ACCESS_KEY",
        "client_secret",
        "GITHUB_TOKEN",
        "JWT_SIGNING_KEY",
        "passwords",
        "Authorization",
        "SMTP_PASS",
        "密码",
    ],
)
def test_sensitive_names(name: str) -> None:
    assert is_sensitive(name)


@pytest.mark.parametrize(
    "name",
    [
        "compass",
        "bypass",
        "secretName",
        "tokenizer",
        "author",
        "passenger",
        "tolerations",
        "key",
        "monkey",
        "PASSWORD_FILE",
        "secretKeyRef",
        "tokenExpirationSeconds",
        "automountServiceAccountToken",
    ],
)
def test_innocent_names(name: str) -> None:
    assert not is_sensitive(name)


def test_a_secret_shows_its_keys_alone() -> None:
    secret = {
        "kind": "Secret",
        "type": "Opaque",
        "data": {"user": "YWRtaW4=", "password": "aHVudGVyMg=="},
        "stringData": {"note": SECRET},
        "metadata": {"name": "db", "annotations": {LAST_APPLIED: f'{{"data":"{SECRET}"}}', "team": "a"}},
    }
    shown = redacted(secret)
    assert shown["data"] == {"user": MASK, "password": MASK}
    assert shown["stringData"] == {"note": MASK}
    assert shown["metadata"] == {"name": "db", "annotations": {LAST_APPLIED: MASK, "team": "a"}}
    assert secret["data"] == {"user": "YWRtaW4=", "password": "aHVudGVyMg=="}


def test_a_secret_within_a_list_or_without_data() -> None:
    assert redacted([{"kind": "Secret", "data": None}, {"kind": "Secret", "data": "junk"}]) == [
        {"kind": "Secret", "data": None},
        {"kind": "Secret", "data": MASK},
    ]


def test_values_of_sensitive_names_are_masked_wherever_they_stand() -> None:
    pod = {
        "env": [
            {"name": "DB_PASSWORD", "value": SECRET},
            {"name": "LEVEL", "value": "debug"},
            {"name": "TOKEN", "valueFrom": {"secretKeyRef": {"name": "db", "key": "token"}}},
        ],
        "args": [f"--password={SECRET}", "--level=debug"],
        "config": {"apiKey": SECRET, "enabled": True, "token": ""},
        "patch": [{"op": "add", "path": "/data/password", "value": SECRET}],
        "wish": {"variable": "API_KEY", "value": SECRET},
        "url": f"https://me:{SECRET}@example.com",
    }
    shown = json.dumps(redacted(pod), ensure_ascii=False)
    assert SECRET not in shown
    for kept in ("debug", "secretKeyRef", '"key": "token"', "DB_PASSWORD", '"enabled": true'):
        assert kept in shown


def test_texts_are_redacted_in_both_languages() -> None:
    shown = redacted(Text(f"密码={SECRET}", f"password={SECRET}"))
    assert shown == Text(f"密码={MASK}", f"password={MASK}")


@pytest.mark.parametrize("line", LEAKS)
def test_twice_is_no_more_than_once(line: str) -> None:
    once = redacted_text(line)
    assert redacted_text(once) == once


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=20,
)


@given(JSON)
def test_any_json_passes_and_keeps_its_shape(value: object) -> None:
    shown = redacted(value)
    assert type(shown) is type(value)
    if isinstance(value, dict | list):
        assert len(shown) == len(value)


def test_hostile_lines_take_linear_time() -> None:
    for line in (
        "password" * 5000,
        "a=" * 20000,
        "://" * 20000,
        "-----BEGIN PRIVATE KEY-----" * 2000,
        "eyJ" * 20000,
        "token" + " " * 50000,
        "~ " + "[" * 50000,
    ):
        assert len(redacted_text(line)) <= 2 * len(line)

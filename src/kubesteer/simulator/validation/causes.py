"""Collecting what is wrong with an object, in the words of `field.Error`.

Source: k8s.io/apimachinery/pkg/util/validation/field.
"""

import re
from typing import Any

import msgspec

from kubesteer.simulator.objects import Obj

LABEL = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")
SUBDOMAIN = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
QUALIFIED = re.compile(r"[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?")
LABEL_RULE = (
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and "
    "end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is "
    "'[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
)
SUBDOMAIN_RULE = (
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must "
    "start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is "
    "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
)
VALUE_RULE = (
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must "
    "start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for "
    "validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"
)
KEY_RULE = (
    "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an "
    "alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is "
    "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
)
PERCENT = re.compile(r"[0-9]+%")
PERCENT_RULE = (
    "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used "
    "for validation is '[0-9]+%')"
)
NOT_NEGATIVE = "must be greater than or equal to 0"


def shown(value: Any) -> str:
    """A value as an error message quotes it."""
    return msgspec.json.encode(value).decode()


class Causes:
    """The broken fields found so far."""

    def __init__(self) -> None:
        self.found: list[Obj] = []

    def _add(self, reason: str, path: str, message: str) -> None:
        self.found.append({"reason": reason, "message": message, "field": path})

    def required(self, path: str, detail: str = "") -> None:
        """A field that must be there is not."""
        self._add("FieldValueRequired", path, f"Required value: {detail}" if detail else "Required value")

    def invalid(self, path: str, value: Any, detail: str) -> None:
        """A field has a value that it must not have."""
        self._add("FieldValueInvalid", path, f"Invalid value: {shown(value)}: {detail}")

    def unsupported(self, path: str, value: Any, options: tuple[str, ...]) -> None:
        """A field has none of the values that there are."""
        listed = ", ".join(f'"{option}"' for option in options)
        self._add(
            "FieldValueNotSupported", path, f"Unsupported value: {shown(value)}: supported values: {listed}"
        )

    def too_long(self, path: str, most: int) -> None:
        """A text has more bytes than it may."""
        self._add("FieldValueTooLong", path, f"Too long: may not be more than {most} bytes")

    def forbidden(self, path: str, detail: str) -> None:
        """A field must not be set, or not be changed."""
        self._add("FieldValueForbidden", path, f"Forbidden: {detail}")

    def duplicate(self, path: str, value: Any) -> None:
        """An element occurs twice."""
        self._add("FieldValueDuplicate", path, f"Duplicate value: {shown(value)}")

    def label_name(self, path: str, value: str) -> None:
        """A DNS-1123 label of at most 63 characters."""
        if len(value) > 63:
            self.invalid(path, value, "must be no more than 63 characters")
        elif not LABEL.fullmatch(value):
            self.invalid(path, value, LABEL_RULE)

    def subdomain(self, path: str, value: str) -> None:
        """A DNS-1123 subdomain of at most 253 characters."""
        if len(value) > 253:
            self.invalid(path, value, "must be no more than 253 characters")
        elif not SUBDOMAIN.fullmatch(value):
            self.invalid(path, value, SUBDOMAIN_RULE)

    def not_negative(self, path: str, value: Any) -> None:
        """An integer of at least 0, where it is given."""
        if isinstance(value, int) and value < 0:
            self.invalid(path, value, NOT_NEGATIVE)

    def int_or_percent(self, path: str, value: Any, *, most: int | None = None) -> None:
        """A number of at least 0, or a percentage, where it is given."""
        if isinstance(value, str):
            if not PERCENT.fullmatch(value):
                self.invalid(path, value, PERCENT_RULE)
            elif most is not None and (len(value) > 9 or int(value[:-1]) > most):
                self.invalid(path, value, f"must not be greater than {most}%")
        else:
            self.not_negative(path, value)

    def labels(self, path: str, labels: Any) -> None:
        """Keys and values of a label map."""
        for key, value in (labels or {}).items():
            self.qualified(path, key)
            if value is not None and (len(value) > 63 or (value and not QUALIFIED.fullmatch(value))):
                self.invalid(path, value, VALUE_RULE)

    def qualified(self, path: str, key: str) -> None:
        """A label or annotation key."""
        prefix, _, name = key.rpartition("/")
        if prefix and not SUBDOMAIN.fullmatch(prefix.lower()):
            self.invalid(path, key, f"prefix part {SUBDOMAIN_RULE}")
        if not QUALIFIED.fullmatch(name):
            self.invalid(path, key, KEY_RULE)

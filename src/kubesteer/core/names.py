"""Validation of names before they come near a URL.

Source: Kubernetes documentation, "Object Names and IDs"; RFC 1123. Most objects take DNS subdomains; RBAC
objects also take path segments.
"""

from __future__ import annotations

import re
import unicodedata

from kubesteer.core.errors import Unusable
from kubesteer.core.texts import Text

LONGEST_NAME = 253
LONGEST_LABEL = 63

_SUBDOMAIN = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*", re.ASCII)
_LABEL = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?", re.ASCII)
# RBAC names are path segments: anything but "/" and "%", and not "." or ".."; we keep to what is printable.
_SEGMENT = re.compile(r"[A-Za-z0-9][-A-Za-z0-9:._@]*", re.ASCII)
_PATH_SEGMENT_KINDS = frozenset({"Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding", "APIService"})


def checked_name(name: str, kind: str = "") -> str:
    """The name unchanged, if an object of that kind can have it.

    Raises:
        Unusable: it cannot be the name of an object.
    """
    pattern = _SEGMENT if kind in _PATH_SEGMENT_KINDS else _SUBDOMAIN
    if len(name) > LONGEST_NAME or not pattern.fullmatch(name) or ".." in name:
        raise _unusable("name", name, LONGEST_NAME)
    return name


def checked_namespace(namespace: str) -> str:
    """The namespace unchanged, if it can exist.

    Raises:
        Unusable: it cannot be a namespace.
    """
    if len(namespace) > LONGEST_LABEL or not _LABEL.fullmatch(namespace):
        raise _unusable("namespace", namespace, LONGEST_LABEL)
    return namespace


def _unusable(argument: str, value: str, longest: int) -> Unusable:
    shown = "".join(char if char.isprintable() else "�" for char in value[:60])
    shown += "…" if len(value) > 60 else ""
    return Unusable(
        argument,
        Text(
            f"“{shown}”不能是 Kubernetes 对象的{'名称' if argument == 'name' else '命名空间'}{_why(value, longest).zh}。",
            f"“{shown}” cannot be a Kubernetes {argument}{_why(value, longest).en}.",
        ),
        Text(
            f"请用小写字母、数字、“-”(名称还可用“.”),最长 {longest} 个字符。",
            f"Use lower-case letters, digits and “-” (names also “.”), {longest} characters at most.",
        ),
    )


def _why(value: str, longest: int) -> Text:
    if len(value) > longest:
        return Text(f":它有 {len(value)} 个字符", f": it has {len(value)} characters")
    odd = next((char for char in value if not (char.isascii() and (char.isalnum() or char in "-."))), "")
    if not odd:
        return Text("", "")
    called = unicodedata.name(odd, f"U+{ord(odd):04X}")
    return Text(f":其中的字符是 {called}", f": it contains {called}")

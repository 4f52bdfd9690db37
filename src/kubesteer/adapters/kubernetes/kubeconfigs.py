"""Reading kubeconfig files, several of them merged.

Source: "Organizing Cluster Access Using kubeconfig Files", "Merging kubeconfig files": the first file to set a
named entry or the current context wins; relative paths count from the file they stand in.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kubesteer.adapters.kubernetes.credentials import read_file
from kubesteer.core.errors import Misconfigured
from kubesteer.core.texts import Text


@dataclass(frozen=True, slots=True)
class Entry:
    """One named cluster, user or context, and the folder that its relative paths count from."""

    body: Mapping[str, Any] = field(default_factory=dict)
    folder: Path = Path()

    def word(self, key: str) -> str:
        """A scalar as text, "" where it is absent."""
        value = self.body.get(key)
        return "" if value is None else str(value)

    def path(self, key: str) -> Path | None:
        """A file name, made absolute."""
        return (self.folder / Path(self.word(key)).expanduser()) if self.word(key) else None

    def content(self, key: str) -> bytes:
        """`KEY-data` decoded from base64, else the file that KEY names, else b"".

        Raises:
            Misconfigured: broken base64, or the file cannot be read.
        """
        data = self.word(f"{key}-data")
        if data:
            try:
                return base64.b64decode(data, validate=False)
            except (binascii.Error, ValueError) as error:
                raise _broken(f"{key}-data 不是 base64", f"{key}-data is not base64") from error
        path = self.path(key)
        return read_file(path) if path else b""


@dataclass(frozen=True, slots=True)
class Kubeconfig:
    """All files merged."""

    clusters: Mapping[str, Entry]
    users: Mapping[str, Entry]
    contexts: Mapping[str, Entry]
    current: str
    files: tuple[Path, ...]

    def context(self, wanted: str) -> tuple[str, Entry]:
        """The context asked for, or the current one.

        Raises:
            Misconfigured: there is no such context; the remedy lists those that exist.
        """
        name = wanted or self.current
        if name in self.contexts:
            return name, self.contexts[name]
        there = ", ".join(sorted(self.contexts)) or "-"
        raise Misconfigured(
            Text(
                f"kubeconfig 里没有上下文“{name}”。" if name else "kubeconfig 没有设定 current-context。",
                f"The kubeconfig has no context “{name}”."
                if name
                else "The kubeconfig sets no current-context.",
            ),
            Text(
                f"现有上下文:{there}。用 --context 选一个。", f"Contexts: {there}. Choose one with --context."
            ),
        )

    def cluster(self, context: Entry) -> Entry:
        """The cluster of a context.

        Raises:
            Misconfigured: the context names none, or one that is not there.
        """
        return _named(self.clusters, context.word("cluster"), "cluster")

    def user(self, context: Entry) -> Entry:
        """The user of a context; a context may name none.

        Raises:
            Misconfigured: it names one that is not there.
        """
        name = context.word("user")
        return _named(self.users, name, "user") if name else Entry()


def read_kubeconfigs(paths: Iterable[Path]) -> Kubeconfig | None:
    """The files that exist, merged; None where none does.

    Raises:
        Misconfigured: a file is not a kubeconfig or cannot be read.
    """
    files = tuple(path for path in paths if path.is_file())
    if not files:
        return None
    documents = [(path.absolute().parent, _document(path)) for path in files]
    current = next((str(doc["current-context"]) for _, doc in documents if doc.get("current-context")), "")
    merged = {
        section: _merged(section, item, documents)
        for section, item in (("clusters", "cluster"), ("users", "user"), ("contexts", "context"))
    }
    return Kubeconfig(merged["clusters"], merged["users"], merged["contexts"], current, files)


def _document(path: Path) -> Mapping[str, Any]:
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # absent where PyYAML was built without libyaml
    try:
        document = yaml.load(read_file(path), Loader=loader)
    except (yaml.YAMLError, UnicodeDecodeError, ValueError) as error:
        raise _broken(f"{path} 不是有效的 YAML", f"{path} is not valid YAML", error) from error
    if document is None:
        return {}
    if not isinstance(document, dict):
        raise _broken(f"{path} 不是 kubeconfig", f"{path} is not a kubeconfig")
    return document


def _merged(section: str, item: str, documents: list[tuple[Path, Mapping[str, Any]]]) -> Mapping[str, Entry]:
    entries: dict[str, Entry] = {}
    for folder, document in documents:
        listed = document.get(section) or []
        if not isinstance(listed, list) or not all(isinstance(one, dict) and "name" in one for one in listed):
            raise _broken(f"{section} 应为带 name 的列表", f"{section} must be a list of named entries")
        for one in listed:
            body = one.get(item) or {}
            if not isinstance(body, dict):
                raise _broken(
                    f"{section} 中的 {one['name']} 格式不对", f"{one['name']} in {section} is malformed"
                )
            entries.setdefault(str(one["name"]), Entry(body, folder))
    return entries


def _named(entries: Mapping[str, Entry], name: str, what: str) -> Entry:
    if name in entries:
        return entries[name]
    raise _broken(
        f"上下文所指的 {what}“{name}”不存在", f"its context names a {what} “{name}” that is not there"
    )


def _broken(zh: str, en: str, error: Exception | None = None) -> Misconfigured:
    mark = getattr(error, "problem_mark", None)
    where = f" ({mark.line + 1}:{mark.column + 1})" if mark else ""
    return Misconfigured(
        Text(f"kubeconfig 有问题:{zh}{where}。", f"The kubeconfig is broken: {en}{where}."),
        Text(
            "请修正它,或用 --kubeconfig 指定另一个文件。", "Mend it, or name another file with --kubeconfig."
        ),
    )

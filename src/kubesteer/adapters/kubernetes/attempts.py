"""What is being tried, in the API's own terms: it words errors and the Role that would allow it."""

from __future__ import annotations

from dataclasses import dataclass

from kubesteer.core.kinds import Kind
from kubesteer.core.roles import Grant
from kubesteer.core.texts import Text


@dataclass(frozen=True, slots=True)
class Attempt:
    """One verb on one resource; or, with `kind` None, a GET of a non-resource `url` such as /version."""

    verb: str
    kind: Kind | None = None
    namespace: str = ""
    name: str = ""
    subresource: str = ""
    url: str = ""

    @property
    def resource(self) -> str:
        """`pods`, `pods/log`, or the URL."""
        if self.kind is None:
            return self.url
        return f"{self.kind.plural}/{self.subresource}" if self.subresource else self.kind.plural

    @property
    def group(self) -> str:
        """The API group, "" for the core group."""
        return self.kind.group if self.kind else ""

    @property
    def grant(self) -> Grant:
        """What a Role must grant for it."""
        return Grant(self.verb, self.resource, self.group, self.namespace, self.kind is None)

    def describe(self) -> Text:
        """`get pods/log “web-0” in namespace shop`."""
        named = f" “{self.name}”" if self.name else ""
        where = Text("", "")
        if self.kind is not None and self.kind.namespaced:
            where = (
                Text(f"(命名空间 {self.namespace})", f" in namespace {self.namespace}")
                if self.namespace
                else Text("(所有命名空间)", " in all namespaces")
            )
        return Text.same(f"{self.verb} {self.resource}{named}") + where

"""Which resources the API serves.

`BUILT_IN` in `resources.py` is the one explicit table; CustomResourceDefinitions add to a registry while
it runs. Two served versions of one kind share their objects: `stored` says where those are kept.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

ALL_VERBS = ("create", "delete", "deletecollection", "get", "list", "patch", "update", "watch")
StoreKey = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource of one API version."""

    group: str
    version: str
    kind: str
    plural: str
    short: tuple[str, ...] = ()
    namespaced: bool = True
    status: bool = False
    scale: bool = False
    categories: tuple[str, ...] = ()
    verbs: tuple[str, ...] = ALL_VERBS
    other: tuple[str, ...] = ()
    """Further subresources, such as `log`."""
    stored: StoreKey | None = None
    """Where a second version keeps its objects, as (group, plural); None for one's own place."""
    custom: bool = False

    @property
    def key(self) -> StoreKey:
        """Where the objects are kept, as (group, plural)."""
        return self.stored or (self.group, self.plural)

    @property
    def api_version(self) -> str:
        """`apps/v1`, or `v1` for the core group."""
        return f"{self.group}/{self.version}" if self.group else self.version

    @property
    def singular(self) -> str:
        """The lower-case singular name."""
        return self.kind.lower()


class Registry:
    """The resources of one API server, by path and by kind."""

    def __init__(self, resources: Iterable[Resource]) -> None:
        self._by_path: dict[tuple[str, str, str], Resource] = {}
        for resource in resources:
            self.add(resource)

    def add(self, resource: Resource) -> None:
        """Serve one more resource."""
        self._by_path[(resource.group, resource.version, resource.plural)] = resource

    def remove(self, group: str, plural: str) -> None:
        """Stop serving every version of a resource."""
        for path in [path for path in self._by_path if (path[0], path[2]) == (group, plural)]:
            del self._by_path[path]

    def __iter__(self) -> Iterator[Resource]:
        return iter(self._by_path.values())

    def find(self, group: str, version: str, plural: str) -> Resource | None:
        """By URL path."""
        return self._by_path.get((group, version, plural))

    def of_kind(self, api_version: str, kind: str) -> Resource | None:
        """By `apiVersion` and `kind`."""
        return next((r for r in self if r.api_version == api_version and r.kind == kind), None)

    def named(self, word: str) -> Resource:
        """By kind, plural, singular or short name in any letter case; raises KeyError."""
        low = word.lower()
        for resource in self:
            if low in (resource.kind.lower(), resource.plural, *resource.short):
                return resource
        raise KeyError(f"no resource is called {word!r}")

    def versions(self) -> dict[str, list[str]]:
        """The served versions of every group, in the order of the table."""
        found: dict[str, list[str]] = {}
        for resource in self:
            known = found.setdefault(resource.group, [])
            if resource.version not in known:
                known.append(resource.version)
        return found

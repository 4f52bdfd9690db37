"""Role-based access control.

Source: https://kubernetes.io/docs/reference/access-authn-authz/rbac/
"""

from collections.abc import Iterator
from dataclasses import dataclass

from kubesteer.simulator.objects import Obj, items, name_of, namespace_of, section, text
from kubesteer.simulator.store import Store

RBAC = "rbac.authorization.k8s.io"
MASTERS = "system:masters"


@dataclass(frozen=True, slots=True)
class User:
    """Who asks."""

    name: str
    groups: tuple[str, ...] = ()


ANONYMOUS = User("system:anonymous", ("system:unauthenticated",))
ADMIN = User("system:admin", (MASTERS, "system:authenticated"))


def user_named(name: str) -> User:
    """The user behind a token; service accounts are in their groups."""
    groups = ["system:authenticated"]
    if name.startswith("system:serviceaccount:"):
        groups += ["system:serviceaccounts", f"system:serviceaccounts:{name.split(':')[2]}"]
    if name == ADMIN.name:
        groups.append(MASTERS)
    return User(name, tuple(groups))


@dataclass(frozen=True, slots=True)
class Attempt:
    """What somebody wants to do; `path` stands for what is no resource."""

    verb: str
    group: str = ""
    resource: str = ""
    namespace: str = ""
    name: str = ""
    subresource: str = ""
    path: str = ""

    @property
    def target(self) -> str:
        """The resource as a rule names it: `pods/log`."""
        return f"{self.resource}/{self.subresource}" if self.subresource else self.resource


def _subject_matches(subject: Obj, user: User, namespace: str) -> bool:
    kind, name = subject.get("kind"), text(subject, "name")
    if kind == "User":
        return name == user.name
    if kind == "Group":
        return name in user.groups
    where = text(subject, "namespace", default=namespace)
    return kind == "ServiceAccount" and user.name == f"system:serviceaccount:{where}:{name}"


def _covers(listed: object, wanted: str) -> bool:
    return isinstance(listed, list) and ("*" in listed or wanted in listed)


def rule_allows(rule: Obj, attempt: Attempt) -> bool:
    """Whether one rule permits an attempt."""
    if not _covers(rule.get("verbs"), attempt.verb):
        return False
    if attempt.path:
        urls = rule.get("nonResourceURLs") or []
        return any(url in ("*", attempt.path) or _prefix(url, attempt.path) for url in urls)
    if not _covers(rule.get("apiGroups"), attempt.group) or not _names_resource(rule, attempt):
        return False
    names = rule.get("resourceNames") or []
    return not names or attempt.name in names


def _names_resource(rule: Obj, attempt: Attempt) -> bool:
    listed = rule.get("resources") or []
    return _covers(listed, attempt.target) or bool(
        attempt.subresource and f"*/{attempt.subresource}" in listed
    )


def _prefix(url: str, path: str) -> bool:
    return url.endswith("*") and path.startswith(url[:-1])


class Authorizer:
    """Decides by the roles and bindings that are stored."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def allows(self, user: User, attempt: Attempt) -> bool:
        """Whether a user may do something."""
        return self.why(user, attempt) is not None

    def why(self, user: User, attempt: Attempt) -> str | None:
        """Why a user may do something, None where he may not."""
        if MASTERS in user.groups:
            return ""
        for binding, rule in self._bound(user, attempt.namespace):
            if rule_allows(rule, attempt):
                return _because(binding, user)
        return None

    def rules(self, user: User, namespace: str) -> Iterator[Obj]:
        """Every rule that holds for a user, cluster-wide and in a namespace."""
        return (rule for _, rule in self._bound(user, namespace))

    def _bound(self, user: User, namespace: str) -> Iterator[tuple[Obj, Obj]]:
        """Every rule that holds for a user, with the binding that makes it so."""
        for binding in self.store.list((RBAC, "clusterrolebindings")):
            if self._binds(binding, user, ""):
                for rule in self._role_rules(section(binding, "roleRef"), ""):
                    yield binding, rule
        if not namespace:
            return
        for binding in self.store.list((RBAC, "rolebindings"), namespace):
            if self._binds(binding, user, namespace):
                for rule in self._role_rules(section(binding, "roleRef"), namespace):
                    yield binding, rule

    def _binds(self, binding: Obj, user: User, namespace: str) -> bool:
        return any(_subject_matches(subject, user, namespace) for subject in items(binding, "subjects"))

    def _role_rules(self, reference: Obj, namespace: str) -> list[Obj]:
        if reference.get("kind") == "ClusterRole":
            role = self.store.get((RBAC, "clusterroles"), "", text(reference, "name"))
        else:
            role = self.store.get((RBAC, "roles"), namespace, text(reference, "name"))
        return items(role, "rules")


def _because(binding: Obj, user: User) -> str:
    namespace = namespace_of(binding)
    place = f"{name_of(binding)}/{namespace}" if namespace else name_of(binding)
    role = section(binding, "roleRef")
    kind, name = text(role, "kind"), text(role, "name")
    return f'RBAC: allowed by {binding["kind"]} "{place}" of {kind} "{name}" to User "{user.name}"'


def refusal(user: User, attempt: Attempt) -> str:
    """Why, in the words of a real server's 403."""
    if attempt.path:
        return f'User "{user.name}" cannot {attempt.verb} path "{attempt.path}"'
    scope = f'in the namespace "{attempt.namespace}"' if attempt.namespace else "at the cluster scope"
    group = f'in API group "{attempt.group}"'
    return f'User "{user.name}" cannot {attempt.verb} resource "{attempt.target}" {group} {scope}'

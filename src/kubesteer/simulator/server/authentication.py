"""Who asks: bearer tokens, and impersonation.

Source: https://kubernetes.io/docs/reference/access-authn-authz/authentication/
"""

import secrets
from collections.abc import Iterable, Mapping

from kubesteer.simulator.failures import Failure, forbidden
from kubesteer.simulator.rbac import ADMIN, ANONYMOUS, Attempt, Authorizer, User, refusal, user_named

Identity = User | str | tuple[str, Iterable[str]]
"""A user, or the name of one, or a name and the groups beside `system:authenticated`."""


def user_of(identity: Identity) -> User:
    """The user that an identity stands for."""
    if isinstance(identity, User):
        return identity
    if isinstance(identity, str):
        return user_named(identity)
    name, groups = identity
    known = user_named(name)
    return User(name, tuple(dict.fromkeys((*known.groups, *groups))))


class Authenticator:
    """Tokens and whose they are.

    Without declared tokens, who comes without one is the administrator: a simulator on loopback is then as
    open as a `kubectl proxy`. With them, who comes without one is `system:anonymous`. A token that is not
    known is always refused.
    """

    def __init__(self, tokens: Mapping[str, Identity] | None) -> None:
        self.open = tokens is None
        self._users = {token: user_of(identity) for token, identity in (tokens or {}).items()}
        self.admin_token = self.issue(ADMIN)

    def issue(self, user: User) -> str:
        """A new token for a user."""
        token = secrets.token_urlsafe(24)
        self._users[token] = user
        return token

    def token_of(self, name: str) -> str:
        """A token of a user, issued when there is none yet."""
        return next((t for t, user in self._users.items() if user.name == name), None) or self.issue(
            user_named(name)
        )

    def identify(self, headers: Mapping[str, str]) -> User:
        """The user behind a request's headers. Raises Failure 401."""
        scheme, _, token = headers.get("authorization", "").partition(" ")
        if not scheme:
            return ADMIN if self.open else ANONYMOUS
        user = self._users.get(token.strip()) if scheme.lower() == "bearer" else None
        if user is None:
            raise Failure(401, "Unauthorized", "Unauthorized")
        return user


def impersonated(user: User, headers: Mapping[str, str], authorizer: Authorizer) -> User:
    """The user that a request wants to be treated as (`kubectl --as`). Raises Failure 403."""
    name = headers.get("impersonate-user", "")
    if not name:
        return user
    groups = [group for group in headers.get("impersonate-group", "").split(",") if group]
    wanted = [Attempt("impersonate", "", "users", name=name)]
    wanted += [Attempt("impersonate", "", "groups", name=group) for group in groups]
    for attempt in wanted:
        if not authorizer.allows(user, attempt):
            raise forbidden("", attempt.resource, attempt.name, refusal(user, attempt))
    return user_of((name, groups))

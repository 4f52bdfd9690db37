"""What a request can fail with: the `metav1.Status` objects of a kube-apiserver.

Source: https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/
"""

from typing import Any

from kubesteer.simulator.objects import Obj


class Failure(Exception):
    """A request that is answered with a Status of `status: Failure`."""

    def __init__(
        self, code: int, reason: str, message: str, details: Obj | None = None, retry_after: int | None = None
    ) -> None:
        super().__init__(message)
        self.code = code
        self.reason = reason
        self.message = message
        self.details = details
        self.retry_after = retry_after

    def status(self) -> Obj:
        """The object that goes over the wire."""
        status: Obj = {
            "kind": "Status",
            "apiVersion": "v1",
            "metadata": {},
            "status": "Failure",
            "message": self.message,
        }
        if self.reason:
            status["reason"] = self.reason
        details = dict(self.details or {})
        if self.retry_after is not None:
            details["retryAfterSeconds"] = self.retry_after
        if details:
            status["details"] = details
        return {**status, "code": self.code}


def _details(group: str, plural: str, name: str = "", **more: Any) -> Obj:
    given = {"name": name, "group": group, "kind": plural, **more}
    return {key: value for key, value in given.items() if value not in ("", None)}


def qualified(group: str, plural: str) -> str:
    """`deployments.apps`, `pods`."""
    return f"{plural}.{group}" if group else plural


def not_found(group: str, plural: str, name: str) -> Failure:
    """404 for an object."""
    message = f'{qualified(group, plural)} "{name}" not found'
    return Failure(404, "NotFound", message, _details(group, plural, name))


def no_such_path() -> Failure:
    """404 for a path that no API serves."""
    return Failure(404, "NotFound", "the server could not find the requested resource")


def already_exists(group: str, plural: str, name: str) -> Failure:
    """409 for creating what is there."""
    message = f'{qualified(group, plural)} "{name}" already exists'
    return Failure(409, "AlreadyExists", message, _details(group, plural, name))


def conflict(group: str, plural: str, name: str, why: str) -> Failure:
    """409 for a precondition that does not hold."""
    message = f'Operation cannot be fulfilled on {qualified(group, plural)} "{name}": {why}'
    return Failure(409, "Conflict", message, _details(group, plural, name))


MODIFIED = "the object has been modified; please apply your changes to the latest version and try again"


def invalid(group: str, kind: str, name: str, causes: list[Obj]) -> Failure:
    """422 with one cause a broken field; a cause is {"reason", "message", "field"}."""
    shown = [f"{cause['field']}: {cause['message']}" for cause in causes]
    said = shown[0] if len(shown) == 1 else f"[{', '.join(shown)}]"
    message = f'{qualified(group, kind)} "{name}" is invalid: {said}'
    return Failure(422, "Invalid", message, _details(group, kind, name, causes=causes))


def forbidden(group: str, plural: str, name: str, why: str) -> Failure:
    """403 from authorization or admission."""
    message = f'{qualified(group, plural)} "{name}" is forbidden: {why}' if name else f"forbidden: {why}"
    return Failure(403, "Forbidden", message, _details(group, plural, name))


def bad_request(message: str) -> Failure:
    """400."""
    return Failure(400, "BadRequest", message)


def gone(message: str) -> Failure:
    """410: a resourceVersion or continue token that is too old."""
    return Failure(410, "Expired", message)


def method_not_allowed() -> Failure:
    """405."""
    return Failure(405, "MethodNotAllowed", "the server does not allow this method on the requested resource")

"""Who the server takes us for, and which cluster it is."""

from __future__ import annotations

import asyncio
import hashlib

import msgspec

from kubesteer.adapters.kubernetes.attempts import Attempt
from kubesteer.adapters.kubernetes.clients import ApiClient
from kubesteer.adapters.kubernetes.decoders import Named, decode
from kubesteer.adapters.kubernetes.exchanges import ApiRequest
from kubesteer.adapters.kubernetes.paths import collection_path, object_path
from kubesteer.adapters.kubernetes.resources import SUBJECT_REVIEW
from kubesteer.core.clusters import Identity
from kubesteer.core.errors import Forbidden, NotFound, Unsupported
from kubesteer.core.kinds import KINDS
from kubesteer.core.refs import Ref

_SYSTEM = Ref("Namespace", "", "kube-system")


class Version(msgspec.Struct):
    """The answer of /version."""

    gitVersion: str


class UserInfo(msgspec.Struct):
    """authentication.k8s.io/v1 UserInfo."""

    username: str = ""
    groups: list[str] | None = None


class ReviewStatus(msgspec.Struct):
    """The part of a SelfSubjectReview that the server fills in."""

    userInfo: UserInfo


class Review(msgspec.Struct):
    """authentication.k8s.io/v1 SelfSubjectReview."""

    status: ReviewStatus


async def identify(client: ApiClient) -> Identity:
    """Asks /version, SelfSubjectReview and namespace kube-system at once. `user` is "" where the server does
    not tell (before Kubernetes 1.28, or anonymous)."""
    version, user, uid = await asyncio.gather(read_version(client), _user(client), _uid(client))
    return Identity(user.username, tuple(user.groups or ()), client.connection.server, version, uid)


async def read_version(client: ApiClient) -> str:
    """The server's version, such as v1.34.4.

    Raises:
        ClusterError: it cannot be had, or the server is not Kubernetes.
    """
    answer = await client.read(ApiRequest(Attempt("get", url="/version"), "/version"))
    return decode(answer.body, Version).gitVersion


async def _user(client: ApiClient) -> UserInfo:
    body = {"apiVersion": SUBJECT_REVIEW.api_version, "kind": SUBJECT_REVIEW.name}
    request = ApiRequest(
        Attempt("create", SUBJECT_REVIEW),
        collection_path(SUBJECT_REVIEW),
        "POST",
        body=msgspec.json.encode(body),
    )
    try:
        return decode((await client.read(request)).body, Review).status.userInfo
    except (Forbidden, Unsupported):
        return UserInfo()


async def _uid(client: ApiClient) -> str:
    attempt = Attempt("get", KINDS["Namespace"], "", _SYSTEM.name)
    try:
        answer = await client.read(ApiRequest(attempt, object_path(KINDS["Namespace"], _SYSTEM)))
        found = decode(answer.body, Named).metadata.uid
    except (Forbidden, NotFound):
        found = ""
    return found or hashlib.sha256(client.connection.server.encode()).hexdigest()[:32]

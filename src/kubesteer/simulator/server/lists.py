"""Lists: selection, paging, and the encodings of many objects at once.

Source: https://kubernetes.io/docs/reference/using-api/api-concepts/#retrieving-large-results-sets-in-chunks
"""

import base64
import binascii
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice

import msgspec

from kubesteer.simulator.conversion import to_served
from kubesteer.simulator.failures import Failure, bad_request, gone
from kubesteer.simulator.objects import Obj, labels_of, name_of, namespace_of
from kubesteer.simulator.registry import Resource
from kubesteer.simulator.selectors import parse_fields, parse_labels
from kubesteer.simulator.server.replies import Reply, json_reply, partial, wanted_form
from kubesteer.simulator.server.requests import Request, Target
from kubesteer.simulator.store import Bucket, Entry, ObjectKey, Store, encode
from kubesteer.simulator.tables.tables import table

EXPIRED = (
    "The provided continue parameter is too old to display a consistent list result. You can start a new list "
    "without the continue parameter, or use the continue token in this response to retrieve the remainder of "
    "the results. Continuing with the provided token results in an inconsistent list - objects that were "
    "created, modified, or deleted between the time the first chunk was returned and now may show up in the "
    "list."
)


def selection(request: Request, target: Target) -> Callable[[Obj], bool]:
    """A test for the objects that a request's selectors and name choose. Raises Failure 400."""
    labels = parse_labels(request.query.get("labelSelector", ""))
    fields = parse_fields(target.resource.plural, request.query.get("fieldSelector", ""))

    def chosen(obj: Obj) -> bool:
        if target.name and name_of(obj) != target.name:
            return False
        return (labels is None or labels(labels_of(obj))) and (fields is None or fields(obj))

    return chosen


@dataclass(slots=True)
class Page:
    """A part of a list."""

    entries: list[Entry] = field(default_factory=list)
    rv: int = 0
    token: str = ""
    remaining: int | None = None


def _continue_token(rv: int, key: ObjectKey) -> str:
    return base64.urlsafe_b64encode(encode({"v": "meta.k8s.io/v1", "rv": rv, "start": list(key)})).decode()


def _read_token(token: str) -> tuple[int, ObjectKey]:
    try:
        found = msgspec.json.decode(base64.urlsafe_b64decode(token))
        return int(found["rv"]), (str(found["start"][0]), str(found["start"][1]))
    except (binascii.Error, msgspec.DecodeError, KeyError, IndexError, TypeError, ValueError):
        raise bad_request("continue key is not valid: the token was not made by this server") from None


def page_of(request: Request, target: Target, store: Store) -> Page:
    """The page that a request asks for. Raises Failure 400, or 410 for a token that is too old."""
    bucket = store.bucket(target.resource.key)
    limit = max(request.integer("limit", signed=True) or 0, 0)
    rv, after, past = store.rv, None, {}
    if token := request.query.get("continue"):
        rv, after = _read_token(token)
        if rv < store.oldest(target.resource.key):
            raise gone(EXPIRED)
        past = bucket.rewound(rv)
    elif (asked := request.integer("resourceVersion")) and asked > store.rv:
        raise _too_large(asked, store.rv)
    selective = bool(request.query.get("labelSelector") or request.query.get("fieldSelector"))
    if not past and not selective:
        return _sliced(bucket, target.namespace, after, limit, rv)
    entries = _entries(bucket, target.namespace, after, past)
    if selective:
        chosen = selection(request, target)
        return _cut((entry for entry in entries if chosen(entry.obj)), limit, rv, counted=False)
    return _cut(entries, limit, rv, counted=True)


def _too_large(asked: int, current: int) -> Failure:
    causes = [{"reason": "ResourceVersionTooLarge", "message": "Too large resource version"}]
    message = f"Timeout: Too large resource version: {asked}, current: {current}"
    return Failure(504, "Timeout", message, {"causes": causes}, retry_after=1)


def _entries(
    bucket: Bucket, namespace: str, after: ObjectKey | None, past: dict[ObjectKey, Entry | None]
) -> Iterator[Entry]:
    """The entries of a namespace behind a key, as they were before the changes that `past` takes back."""
    if not past:
        return (bucket.entries[key] for key in bucket.keys(namespace, after))
    now = {key: bucket.entries[key] for key in bucket.keys(namespace, after)}
    then: dict[ObjectKey, Entry | None] = {**now, **past}
    return (
        entry
        for key, entry in sorted(then.items(), key=lambda pair: pair[0])
        if entry is not None and (not namespace or key[0] == namespace) and (after is None or key > after)
    )


def _sliced(bucket: Bucket, namespace: str, after: ObjectKey | None, limit: int, rv: int) -> Page:
    """A page of everything there is now, without looking at the rest."""
    start, end = bucket.extent(namespace, after)
    stop = min(start + limit, end) if limit else end
    keys = bucket.order[start:stop]
    page = Page([bucket.entries[key] for key in keys], rv)
    if stop < end and keys:
        page.token, page.remaining = _continue_token(rv, keys[-1]), end - stop
    return page


def _cut(entries: Iterator[Entry], limit: int, rv: int, *, counted: bool) -> Page:
    """The first `limit` entries (0: all), and where to go on; the rest is counted where that is wanted."""
    page = Page(list(islice(entries, limit) if limit else entries), rv)
    if not limit or next(entries, None) is None:
        return page
    last = page.entries[-1].obj
    page.token = _continue_token(rv, (namespace_of(last), name_of(last)))
    if counted:
        page.remaining = 1 + sum(1 for _ in entries)
    return page


def list_reply(request: Request, target: Target, store: Store) -> Reply:
    """The answer to a list, in the form that the client accepts."""
    form = wanted_form(request.headers)
    page = page_of(request, target, store)
    metadata: Obj = {"resourceVersion": str(page.rv)}
    if page.token:
        metadata["continue"] = page.token
        if page.remaining is not None:
            metadata["remainingItemCount"] = page.remaining
    if form == "Table":
        objects = [to_served(entry.obj, target.resource) for entry in page.entries]
        return json_reply(
            table(target.resource, objects, metadata, request.query.get("includeObject", "Metadata"))
        )
    if form == "PartialObjectMetadata":
        items = [partial(entry.obj) for entry in page.entries]
        kind = "PartialObjectMetadataList"
        return json_reply(
            {"kind": kind, "apiVersion": "meta.k8s.io/v1", "metadata": metadata, "items": items}
        )
    return Reply(200, _joined(target.resource, page.entries, metadata))


def _joined(resource: Resource, entries: list[Entry], metadata: Obj) -> bytes:
    head = {"kind": f"{resource.kind}List", "apiVersion": resource.api_version, "metadata": metadata}
    items = b",".join(item_bytes(entry, resource) for entry in entries)
    return encode(head)[:-1] + b',"items":[' + items + b"]}"


def item_bytes(entry: Entry, resource: Resource) -> bytes:
    """One item of a list: typed resources leave `kind` and `apiVersion` to the list."""
    if resource.custom:
        return entry.encoded
    if resource.stored or entry.obj["apiVersion"] != resource.api_version:
        served = to_served(entry.obj, resource)
        return encode({key: value for key, value in served.items() if key not in ("kind", "apiVersion")})
    return entry.bare

"""Bytes into the shape that the caller wants, and nothing wider."""

from __future__ import annotations

from types import GenericAlias
from typing import Any, TypeVar

import msgspec

from kubesteer.core.errors import Unavailable
from kubesteer.core.texts import Text

T = TypeVar("T")

NONSENSE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
"""What decoding a body may raise: not JSON, another shape, not UTF-8, or nested without end."""


class PageMetadata(msgspec.Struct):
    """metav1.ListMeta: the version of the collection, and the token of the next page."""

    resourceVersion: str = ""
    continue_: str = msgspec.field(name="continue", default="")


class Metadata(msgspec.Struct):
    """As much of an object's metadata as names it."""

    name: str = ""
    namespace: str = ""
    uid: str = ""


class Named(msgspec.Struct):
    """An object of which only the name matters."""

    metadata: Metadata


def decode(body: bytes, type: type[T]) -> T:
    """A JSON body in the shape wanted.

    Raises:
        Unavailable: it is not JSON, or has another shape.
    """
    try:
        return msgspec.json.decode(body, type=type)
    except NONSENSE as error:
        raise unreadable(error) from error


def decode_page(body: bytes, shape: type[T]) -> tuple[list[T], PageMetadata]:
    """One page of a collection.

    Raises:
        Unavailable: it is not JSON, not a collection, or an item does not have the shape.
    """
    try:
        page = _page_decoder(shape).decode(body)
    except NONSENSE as error:
        raise unreadable(error) from error
    return page.items or [], page.metadata


_DECODERS: dict[Any, msgspec.json.Decoder[Any]] = {}


def _page_decoder(shape: Any) -> msgspec.json.Decoder[Any]:
    if shape not in _DECODERS:
        items = GenericAlias(list, (dict[str, Any] if shape is dict else shape,))
        # Without defaults both fields are required: an answer lacking them is no collection, and must not
        # pass for an empty one.
        page = msgspec.defstruct("Page", [("metadata", PageMetadata), ("items", items | None)])
        _DECODERS[shape] = msgspec.json.Decoder(page)
    return _DECODERS[shape]


def unreadable(error: Exception) -> Unavailable:
    """An answer that came whole and makes no sense."""
    return Unavailable(
        Text(f"看不懂服务器的回答:{error}。", f"The server's answer makes no sense: {error}."),
        Text(
            "请检查那个地址是不是 Kubernetes API 服务器。",
            "See whether a Kubernetes API server is at that address.",
        ),
    )

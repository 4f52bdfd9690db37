"""A container's log as a stream of lines.

Source: Pod API reference, "get read log of the specified Pod".
"""

from __future__ import annotations

from collections.abc import AsyncIterator

from kubesteer.adapters.kubernetes.attempts import Attempt
from kubesteer.adapters.kubernetes.clients import ApiClient
from kubesteer.adapters.kubernetes.exchanges import ApiRequest
from kubesteer.adapters.kubernetes.lines import Line, split_lines
from kubesteer.adapters.kubernetes.paths import object_path
from kubesteer.core.clusters import LogQuery
from kubesteer.core.errors import Unusable
from kubesteer.core.kinds import KINDS
from kubesteer.core.names import checked_name
from kubesteer.core.refs import Ref

LONGEST_LINE = 16 * 1024
"""Bytes of a line that are kept; what follows them is dropped, and the line ends in `CUT`."""
CUT = " …[cut]"
SILENCE = 35.0
"""Seconds that the server may take between two pieces of a log."""


async def read_log(client: ApiClient, pod: Ref, query: LogQuery) -> AsyncIterator[str]:
    """Lines as they arrive; memory does not grow with the log."""
    left = query.limit_bytes
    async with client.stream(_request(pod, query), SILENCE) as pieces:
        async for line in split_lines(pieces, LONGEST_LINE):
            left -= len(line.content) + 1
            yield _text(line)
            if left <= 0:  # limitBytes asks the server to stop there; not every server does
                return


def _text(line: Line) -> str:
    return line.content.rstrip(b"\r").decode("utf-8", "replace") + (CUT if line.cut else "")


def _request(pod: Ref, query: LogQuery) -> ApiRequest:
    params = {
        "container": _container(query.container),
        "previous": "true" if query.previous else "",
        "tailLines": "" if query.tail is None else str(query.tail),
        "sinceSeconds": "" if query.since is None else str(query.since),
        "timestamps": "true" if query.timestamps else "",
        "limitBytes": str(query.limit_bytes),
    }
    return ApiRequest(
        Attempt("get", KINDS["Pod"], pod.namespace, pod.name, "log"),
        object_path(KINDS["Pod"], pod, "log"),
        params={name: value for name, value in params.items() if value},
        # The log is plain text; with JSON alone the server would answer 406, with text alone its errors
        # would not be a Status.
        accept="application/json, text/plain, */*",
    )


def _container(name: str) -> str:
    try:
        return checked_name(name) if name else ""
    except Unusable as error:
        raise Unusable("container", error.text, error.remedy) from error

"""Ports as arguments: a number, or the name that a container gives one."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, Field

from kubesteer.core.errors import Unusable
from kubesteer.core.texts import Text

# Source: RFC 6335 section 5.1 as validation.IsValidPortName has it: at most 15, with a letter.
_NAME = re.compile(r"(?=.*[a-z])[a-z0-9]([a-z0-9-]{0,13}[a-z0-9])?", re.ASCII)


def _checked(port: int | str) -> int | str:
    if isinstance(port, str) and port.isascii() and port.isdigit():
        port = int(port)
    usable = 1 <= port <= 65535 if isinstance(port, int) else bool(_NAME.fullmatch(port)) and "--" not in port
    if not usable:
        shown = str(port)[:40]
        raise Unusable(
            "port",
            Text(f"“{shown}”不是可用的端口。", f"“{shown}” is not a usable port."),
            Text("1–65535,或容器端口的名称。", "1 to 65535, or the name of a container's port."),
        )
    return port


Port = Annotated[int | str, AfterValidator(_checked)]
Number = Annotated[int, Field(ge=1, le=65535)]

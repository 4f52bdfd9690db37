"""Options that every command which talks to a cluster shares, spelled as kubectl spells them."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Sequence
from typing import Annotated, Any

import typer

_PANEL = "Cluster"

_SHARED: dict[str, Any] = {
    "kubeconfig": Annotated[
        str, typer.Option("--kubeconfig", help="Path of the kubeconfig file.", rich_help_panel=_PANEL)
    ],
    "context": Annotated[
        str, typer.Option("--context", help="Context of the kubeconfig to use.", rich_help_panel=_PANEL)
    ],
    "namespace": Annotated[
        str,
        typer.Option(
            "--namespace", "-n", help="Namespace, where the words name none.", rich_help_panel=_PANEL
        ),
    ],
    "server": Annotated[
        str,
        typer.Option(
            "--server", "-s", help="URL of the API server, instead of a kubeconfig.", rich_help_panel=_PANEL
        ),
    ],
    "token": Annotated[
        str,
        typer.Option(
            "--token", help="Bearer token for --server.", rich_help_panel=_PANEL, show_default=False
        ),
    ],
    "certificate_authority": Annotated[
        str,
        typer.Option(
            "--certificate-authority", help="CA file that the server is trusted by.", rich_help_panel=_PANEL
        ),
    ],
    "insecure_skip_tls_verify": Annotated[
        bool,
        typer.Option(
            "--insecure-skip-tls-verify",
            help="Do not check the server's certificate.",
            rich_help_panel=_PANEL,
        ),
    ],
    "tls_server_name": Annotated[
        str,
        typer.Option(
            "--tls-server-name",
            help="Name in the server's certificate, where the address is another.",
            rich_help_panel=_PANEL,
        ),
    ],
    "request_timeout": Annotated[
        str, typer.Option("--request-timeout", help="Seconds to wait for one answer.", rich_help_panel=_PANEL)
    ],
    "language": Annotated[
        str,
        typer.Option("--language", help="zh, en or auto: the asker's language.", rich_help_panel="Output"),
    ],
    "planner": Annotated[
        str,
        typer.Option(
            "--planner",
            help="rules, model or auto: who understands the words.",
            rich_help_panel="Output",
        ),
    ],
    "verbose": Annotated[
        bool,
        typer.Option(
            "--verbose", "-v", help="Show every API request, its status and time.", rich_help_panel="Output"
        ),
    ],
}

Output = Annotated[
    str, typer.Option("--output", "-o", help="text or json.", rich_help_panel="Output", metavar="FORMAT")
]

Flags = dict[str, Any]


def connected(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the shared options; it receives those that were set as its argument `flags`."""
    own = inspect.signature(command, eval_str=True)
    parameters = [p for p in own.parameters.values() if p.name != "flags"]
    shared = [
        inspect.Parameter(
            name,
            inspect.Parameter.KEYWORD_ONLY,
            default=False if annotation.__origin__ is bool else "",
            annotation=annotation,
        )
        for name, annotation in _SHARED.items()
    ]

    @functools.wraps(command)
    def run(**given: Any) -> None:
        flags = {name: given.pop(name) for name in _SHARED}
        command(**given, flags=flags)

    ordered = [p.replace(kind=inspect.Parameter.KEYWORD_ONLY) for p in parameters]
    run.__signature__ = inspect.Signature([*ordered, *shared])  # type: ignore[attr-defined]
    run.__annotations__ = {p.name: p.annotation for p in [*ordered, *shared]}
    return run


_TAKES_VALUE = frozenset(
    {
        "--kubeconfig",
        "--context",
        "--namespace",
        "-n",
        "--server",
        "-s",
        "--token",
        "--certificate-authority",
        "--tls-server-name",
        "--request-timeout",
        "--language",
        "--planner",
    }
)
_SWITCHES = frozenset({"--insecure-skip-tls-verify", "--verbose", "-v"})


def hoisted(arguments: Sequence[str]) -> list[str]:
    """Move shared options that stand before the command behind it: kubectl users write them there."""
    leading: list[str] = []
    rest = list(arguments)
    while rest:
        flag = rest[0].split("=", 1)[0]
        if flag in _SWITCHES or (flag in _TAKES_VALUE and "=" in rest[0]):
            leading.append(rest.pop(0))
        elif flag in _TAKES_VALUE and len(rest) > 1:
            leading += [rest.pop(0), rest.pop(0)]
        else:
            break
    if not rest or rest[0].startswith("-"):
        return [*leading, *rest]
    return [rest[0], *leading, *rest[1:]]

"""The commands and their flags. Each imports what it runs only when it runs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kubesteer.faces.cli.options import Flags, Output, connected

app = typer.Typer(
    name="kubesteer",
    help="Operate Kubernetes in plain Chinese or English. Every change is shown, approved, verified and undoable.",
    epilog='Try:  kubesteer ask "why is checkout slow?"   ·   kubesteer ask 看看集群有什么问题   ·   kubesteer demo',
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

_LOOK, _CHANGE, _TRY = "Ask and look", "Changes", "Set up and try out"
Words = Annotated[list[str], typer.Argument(help="What you want, in Chinese or English.", metavar="TEXT")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Approve the proposed change without a prompt.")]
ChangeId = Annotated[
    str, typer.Argument(help="Id of the change, as `kubesteer history` prints it.", metavar="ID")
]


def _version(wanted: bool) -> None:
    if wanted:
        from kubesteer import __version__

        typer.echo(f"kubesteer {__version__}")
        raise typer.Exit


@app.callback()
def root(
    _version: Annotated[
        bool, typer.Option("--version", help="Print the version.", callback=_version, is_eager=True)
    ] = False,
) -> None:
    """Options of kubesteer itself."""


@app.command(rich_help_panel=_LOOK)
@connected
def ask(text: Words, *, flags: Flags, yes: Yes = False, output: Output = "text") -> None:
    """Say what you want; changes are proposed with their diff and wait for your approval.

    Examples:

      kubesteer ask "restart user-service in production"

      kubesteer ask 'user-service最近响应很慢,帮我看看日志,如果 CPU 高就帮我扩容'

      kubesteer ask --yes -o json "scale checkout to 5" -n shop
    """
    from kubesteer.faces.cli.asking import run_ask

    raise typer.Exit(run_ask(" ".join(text), flags, yes=yes, output=output))


@app.command(rich_help_panel=_LOOK)
@connected
def chat(*, flags: Flags) -> None:
    """A conversation: follow-ups, history, completion of the names in your cluster."""
    from kubesteer.faces.cli.chatting import run_chat

    raise typer.Exit(run_chat(flags))


@app.command(rich_help_panel=_LOOK)
@connected
def scan(
    *,
    flags: Flags,
    output: Annotated[
        str, typer.Option("--output", "-o", help="text, json or markdown.", metavar="FORMAT")
    ] = "text",
    severity: Annotated[
        str, typer.Option(help="Least severity to show: critical, warning, info.")
    ] = "warning",
    watch: Annotated[
        bool, typer.Option("--watch", "-w", help="Keep looking; print only what changes.")
    ] = False,
    fail_on: Annotated[
        str, typer.Option(help="Exit 1 where a finding is at least this severe: critical, warning, info.")
    ] = "",
) -> None:
    """What is wrong in the cluster, or in one namespace: root causes, with their symptoms beneath.

    Examples:

      kubesteer scan

      kubesteer scan -n shop -o markdown

      kubesteer scan --fail-on warning -o json
    """
    from kubesteer.faces.cli.scanning import run_scan

    raise typer.Exit(run_scan(flags, output=output, severity=severity, watch=watch, fail_on=fail_on))


@app.command(rich_help_panel=_LOOK)
@connected
def diagnose(
    target: Annotated[str, typer.Argument(help="KIND/NAME, or a name.", metavar="KIND/NAME")],
    *,
    flags: Flags,
    output: Annotated[
        str, typer.Option("--output", "-o", help="text, json or markdown.", metavar="FORMAT")
    ] = "text",
    severity: Annotated[
        str, typer.Option(help="Least severity to show: critical, warning, info.")
    ] = "warning",
) -> None:
    """Why one object is unhealthy or slow.

    Example:

      kubesteer diagnose deployment/checkout -n shop
    """
    from kubesteer.faces.cli.scanning import run_diagnose

    raise typer.Exit(run_diagnose(target, flags, output=output, severity=severity))


@app.command(rich_help_panel=_CHANGE)
@connected
def fix(
    target: Annotated[
        str, typer.Argument(help="KIND/NAME; without it, the worst finding.", metavar="[KIND/NAME]")
    ] = "",
    *,
    flags: Flags,
    yes: Yes = False,
    output: Output = "text",
) -> None:
    """Diagnose, then propose the remedy that the cluster itself determines.

    Example:

      kubesteer fix deployment/cart -n staging
    """
    from kubesteer.faces.cli.asking import run_fix

    raise typer.Exit(run_fix(target, flags, yes=yes, output=output))


@app.command(rich_help_panel=_CHANGE)
@connected
def history(
    action: Annotated[str, typer.Argument(help="`verify` checks the hash chain.", metavar="[verify]")] = "",
    *,
    flags: Flags,
    limit: Annotated[int, typer.Option(help="How many changes to list.", min=1)] = 50,
    output: Output = "text",
) -> None:
    """Who asked for what in which words, what was sent, and what came of it; newest first."""
    from kubesteer.faces.cli.recording import run_history

    raise typer.Exit(run_history(action, flags, limit=limit, output=output))


@app.command(rich_help_panel=_CHANGE)
@connected
def show(change: ChangeId, *, flags: Flags, output: Output = "text") -> None:
    """One change, whole: diff, approvals, requests sent, and how it ended."""
    from kubesteer.faces.cli.recording import run_show

    raise typer.Exit(run_show(change, flags, output=output))


@app.command(rich_help_panel=_CHANGE)
@connected
def approve(change: ChangeId, *, flags: Flags, output: Output = "text") -> None:
    """Approve a proposed change, apply it and wait until it is healthy."""
    from kubesteer.faces.cli.recording import run_approve

    raise typer.Exit(run_approve(change, flags, output=output))


@app.command(rich_help_panel=_CHANGE)
@connected
def reject(change: ChangeId, *, flags: Flags, output: Output = "text") -> None:
    """Reject a proposed change."""
    from kubesteer.faces.cli.recording import run_reject

    raise typer.Exit(run_reject(change, flags, output=output))


@app.command(rich_help_panel=_CHANGE)
@connected
def undo(
    change: Annotated[
        str, typer.Argument(help="Id of the change; without it, the last one.", metavar="[ID]")
    ] = "",
    *,
    flags: Flags,
    yes: Yes = False,
    output: Output = "text",
) -> None:
    """Take back a change: proposed with its diff like any other."""
    from kubesteer.faces.cli.asking import run_undo

    raise typer.Exit(run_undo(change, flags, yes=yes, output=output))


@app.command(rich_help_panel=_CHANGE)
@connected
def resume(*, flags: Flags, output: Output = "text") -> None:
    """Finish what a crash or Ctrl-C interrupted."""
    from kubesteer.faces.cli.recording import run_resume

    raise typer.Exit(run_resume(flags, output=output))


@app.command(rich_help_panel=_TRY)
def demo(
    pace: Annotated[float, typer.Option(help="Seconds to pause between the scenes.", min=0)] = 0.0,
) -> None:
    """Play the conversations in both languages on the embedded cluster, then clean up."""
    from kubesteer.faces.cli.demos import run_demo

    raise typer.Exit(run_demo(pace))


@app.command(rich_help_panel=_TRY)
def simulate(
    load: Annotated[
        list[Path], typer.Option("--load", help="Manifests to load; the demo cluster where none is given.")
    ] = [],  # noqa: B006 - typer reads the default from the signature
    port: Annotated[
        int, typer.Option(help="Port on the loopback interface; 0 takes a free one.", min=0, max=65535)
    ] = 0,
    write_kubeconfig: Annotated[
        str, typer.Option(help="Write a kubeconfig to this file.", metavar="FILE")
    ] = "",
    nodes: Annotated[
        int, typer.Option(help="How many nodes, besides those that the manifests bring.", min=0)
    ] = 3,
    tls: Annotated[bool, typer.Option("--tls", help="Serve HTTPS with a certificate of its own.")] = False,
    speed: Annotated[
        float, typer.Option(help="How much faster than life its pods start, crash and finish.")
    ] = 1.0,
) -> None:
    """Run the embedded cluster until Ctrl-C; kubectl works against it too.

    Example:

      kubesteer simulate --load my-app.yaml --write-kubeconfig sim.yaml &

      KUBECONFIG=sim.yaml kubesteer scan
    """
    from kubesteer.faces.cli.simulating import run_simulate

    raise typer.Exit(
        run_simulate(load, port=port, write_kubeconfig=write_kubeconfig, nodes=nodes, tls=tls, speed=speed)
    )


@app.command(rich_help_panel=_TRY)
@connected
def doctor(*, flags: Flags, output: Output = "text") -> None:
    """Can I reach the cluster, who am I, what may I do, are there metrics; each line with its remedy."""
    from kubesteer.faces.cli.doctoring import run_doctor

    raise typer.Exit(run_doctor(flags, output=output))


@app.command(rich_help_panel=_TRY)
@connected
def interpret(
    input: Annotated[
        Path, typer.Option("--input", help="JSON lines with id and messages; - reads standard input.")
    ],
    *,
    flags: Flags,
    explain: Annotated[bool, typer.Option("--explain", help="Also say which words gave what.")] = False,
) -> None:
    """What sentences would be understood as; nothing is executed."""
    from kubesteer.faces.cli.interpreting import run_interpret

    raise typer.Exit(run_interpret(input, flags, explain=explain))

"""The READMEs: every command is run, what it prints is what they show, and both say the same.

A block ```console holds `$ ` commands with their output; it runs from top to bottom in one shell on the
embedded cluster. What varies (ids, ages, times, hashes) is masked on both sides; a line `…` stands for any
number of lines.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
READMES = ("README.md", "README.zh-CN.md")
_MASKS = (
    (re.compile(r"chg-[a-z2-7]{10}"), "CHG"),
    (re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|\+00:00)?"), "TIME"),
    (re.compile(r"-[bcdf-hj-np-tv-z2456789]{6,10}-[bcdf-hj-np-tv-z2456789]{5}\b"), "-POD"),
    (re.compile(r"\b\d+(\.\d+)?\s?(秒|分钟|小时|seconds?|minutes?|hours?|s|m|h|ms)(?![\w])"), "SPAN"),
    (re.compile(r"\b\d+(\.\d+)?(%|m\b| ?MiB|Mi\b)"), "FIGURE"),
    (re.compile(r"127\.0\.0\.1:\d+|10\.\d+\.\d+\.\d+"), "ADDRESS"),
    (re.compile(r"\d+(?= 行| lines\b| log lines\b| of the newest\b)"), "COUNT"),
    (re.compile(r"[ \t]+"), " "),
)


@dataclass(frozen=True)
class Example:
    """One command, and the lines that the README shows under it."""

    command: str
    shown: tuple[str, ...]


def blocks(text: str) -> Iterator[list[Example]]:
    """The console blocks of a README."""
    for body in re.findall(r"^```console\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
        yield [
            Example(part.split("\n", 1)[0], tuple(part.split("\n")[1:]))
            for part in re.split(r"^\$ ", body, flags=re.MULTILINE)
            if part.strip()
        ]


def masked(line: str) -> str:
    """A line without what varies."""
    for pattern, word in _MASKS:
        line = pattern.sub(word, line)
    return line.strip()


def agrees(shown: list[str], printed: list[str]) -> bool:
    """Whether the printed lines are the shown ones, where `…` stands for any lines."""
    if not shown:
        return not printed
    if shown[0] == "…":
        return any(agrees(shown[1:], printed[skip:]) for skip in range(len(printed) + 1))
    return bool(printed) and shown[0] == printed[0] and agrees(shown[1:], printed[1:])


def run(block: list[Example], folder: Path) -> list[str]:
    """Run a block's commands in one shell; what each printed."""
    marker = "=== next example ==="
    script = "\n".join(
        ["trap 'kill $(jobs -p) 2>/dev/null' EXIT", *(f"{each.command}\necho '{marker}'" for each in block)]
    )
    environ = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "HOME": str(folder),
        "KUBESTEER_STATE": str(folder / "state"),
        "LANG": "C.UTF-8",
    }
    environ.pop("KUBECONFIG", None)
    shell = subprocess.Popen(
        ["/bin/bash", "-c", script],
        cwd=folder,
        env=environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )
    try:
        output, _ = shell.communicate(timeout=100)
    finally:
        os.killpg(shell.pid, signal.SIGKILL)
    return output.split(marker + "\n")


@pytest.mark.parametrize("readme", READMES)
def test_examples_print_what_they_show(readme: str, tmp_path: Path) -> None:
    found = list(blocks((ROOT / readme).read_text(encoding="utf-8")))
    assert found, "no examples"
    for number, block in enumerate(found):
        folder = tmp_path / str(number)
        folder.mkdir()
        for example, output in zip(block, run(block, folder), strict=False):
            shown = [masked(line) for line in example.shown if line.strip()]
            printed = [masked(line) for line in output.split("\n") if line.strip()]
            assert agrees(shown, printed), f"{example.command}\n--- shown\n{shown}\n--- printed\n{output}"


def test_both_have_the_same_shape() -> None:
    texts = [(ROOT / readme).read_text(encoding="utf-8") for readme in READMES]
    headings = [[line.split(" ")[0] for line in text.split("\n") if line.startswith("#")] for text in texts]
    commands = [sum(len(block) for block in blocks(text)) for text in texts]
    links = [sorted(re.findall(r"\]\((?!README)([^)#]+)", text)) for text in texts]

    assert headings[0] == headings[1]
    assert commands[0] == commands[1]
    assert links[0] == links[1]


@pytest.mark.parametrize("readme", READMES)
def test_links_lead_somewhere(readme: str) -> None:
    for target in re.findall(r"\]\(([^)#]+)", (ROOT / readme).read_text(encoding="utf-8")):
        if "://" not in target:
            assert (ROOT / target).exists(), target

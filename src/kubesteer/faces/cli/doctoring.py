"""`doctor`: what works and what does not, each line with its remedy."""

from __future__ import annotations

import asyncio

from kubesteer.app import App
from kubesteer.core.texts import Language
from kubesteer.faces.cli.failures import DONE, FAILED, spoken_language
from kubesteer.faces.cli.options import Flags
from kubesteer.faces.cli.screens import Screen

_MARKS = {"ok": "✓", "warn": "!", "fail": "✗"}

"""Counted things in English; Chinese has no plural."""

from __future__ import annotations


def counted(count: int, noun: str) -> str:
    """`1 pod`, `3 pods`."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"

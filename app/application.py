"""Composition root."""

from __future__ import annotations


def main() -> int:
    """Start the program."""
    raise NotImplementedError

"""What all programs of ours have in common: how they are called, and who gives way to whom."""

from __future__ import annotations

import sys

BEHIND = 5
"""How far the long work stands behind the web server: on full processors too, what a citizen said is stored at once."""


def suda(*arguments: str) -> list[str]:
    """A command of our own in a child."""
    return [sys.executable, "-m", "serve.cli", *arguments]

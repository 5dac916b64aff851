"""Speed patches for Rasa 3.6.21."""

from __future__ import annotations

from typing import List


def apply() -> List[str]:
    """Apply the patches of the environment."""
    return []


def after_start(applied: List[str]) -> None:
    """What is left to do once the model is loaded."""

"""What a repair gives back: the text and every change with what was heard."""

from __future__ import annotations

from dataclasses import dataclass

from bot.speech.transcript import Change, Why

__all__ = ["Change", "Repaired", "Why"]


@dataclass(frozen=True, slots=True)
class Repaired:
    """A repaired text and its changes, in the order of the text; ``changes`` is empty when nothing was changed."""

    text: str
    changes: tuple[Change, ...]

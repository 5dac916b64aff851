"""What was looked at in an installation, and the cure: the lines of ``suda doctor``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

State = Literal["ok", "note", "bad"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        part: What.
        state: ``ok``; ``note``: works, worth knowing; ``bad``: must be mended.
        detail: What was found; no secrets.
        cure: What to do about it; empty when nothing.
    """

    part: str
    state: State
    detail: str
    cure: str = ""

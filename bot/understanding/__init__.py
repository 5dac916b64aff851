"""From a citizen's words to fields (pure): kind, matter, place, time, contact, urgency, danger, what is missing.

Heavy parts load when they are first asked for, so that reading one answer needs no model.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.understanding.time import TimeAnswer, answer_time, find_time
from bot.understanding.time_value import Occurred

if TYPE_CHECKING:
    from bot.understanding.model import Understanding
    from bot.understanding.understander import Understander

__all__ = ["Occurred", "TimeAnswer", "Understander", "Understanding", "answer_time", "find_time"]


def __getattr__(name: str) -> Any:
    if name == "Understander":
        from bot.understanding.understander import Understander

        return Understander
    if name == "Understanding":
        from bot.understanding.model import Understanding

        return Understanding
    raise AttributeError(name)

"""From a citizen's words to fields (pure): kind, matter, place, time, contact, urgency, danger, what is missing.

Parts load when they are first asked for, so that reading one answer needs no model and no gazetteer that it does not use.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bot.understanding.contact import Contact, find_contact, find_contact_problem
    from bot.understanding.emergency import Emergency, EmergencyFinder
    from bot.understanding.model import Understanding
    from bot.understanding.place import Place, answer_place, find_place, merge_places
    from bot.understanding.redaction import redact
    from bot.understanding.time import TimeAnswer, answer_time, find_time
    from bot.understanding.time_value import Occurred
    from bot.understanding.understander import Understander

__all__ = [
    "Contact",
    "Emergency",
    "EmergencyFinder",
    "Occurred",
    "Place",
    "TimeAnswer",
    "Understander",
    "Understanding",
    "answer_place",
    "answer_time",
    "find_contact",
    "find_contact_problem",
    "find_place",
    "find_time",
    "merge_places",
    "redact",
]

_HOME = {
    "Contact": "contact",
    "Emergency": "emergency",
    "EmergencyFinder": "emergency",
    "Occurred": "time_value",
    "Place": "place",
    "TimeAnswer": "time",
    "Understander": "understander",
    "Understanding": "model",
    "answer_place": "place",
    "answer_time": "time",
    "find_contact": "contact",
    "find_contact_problem": "contact",
    "find_place": "place",
    "find_time": "time",
    "merge_places": "place",
    "redact": "redaction",
}


def __getattr__(name: str) -> Any:
    home = _HOME.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{home}"), name)
    globals()[name] = value
    return value

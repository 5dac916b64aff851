"""Find the class of an event by its name in a dictionary.

Why: stock walks all subclasses of ``Event`` for every event it reads, in every action's answer and every stored
conversation. Replaces: ``Event.resolve_by_type``. Unknown names take the stock way each time.
"""

from __future__ import annotations

from typing import Any, Dict, Optional

from rasa.shared.core.events import Event

SOURCES = {
    "rasa.shared.core.events:Event.resolve_by_type": "b5cf570fa7f286c7059ec73d8880528d03a78b28cf4e80285a46079c0fa65968"
}


def apply() -> None:
    """Put the patch in place."""
    stock = Event.resolve_by_type
    known: Dict[str, Any] = {}

    def resolve_by_type(type_name: str, default: Optional[type] = None) -> Optional[type]:
        kind = known.get(type_name)
        if kind is None:
            kind = stock(type_name, default)
            if kind is not None and kind.type_name == type_name:
                known[type_name] = kind
        return kind

    Event.resolve_by_type = staticmethod(resolve_by_type)

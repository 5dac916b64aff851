"""Remember which events count until another one is added.

Why: policies, sessions and slots each ask a tracker for its applied events, and stock walks all events each time.
Replaces: ``DialogueStateTracker.applied_events``. Events are only ever appended, so their number and the last one tell
whether the remembered list still holds; callers get a copy as before.
"""

from __future__ import annotations

from typing import List

from rasa.shared.core.events import Event
from rasa.shared.core.trackers import DialogueStateTracker

SOURCES = {
    "rasa.shared.core.trackers:DialogueStateTracker.applied_events": "764d5065ea9997d613c1984d9357370f9ae32d31ca21346086f16c54f0487aae",
    "rasa.shared.core.trackers:DialogueStateTracker.update": "b55e6b1c724fa6e916399f81ea51dd5600ad6702f0b172923a83ca84bc23c668",
}


def apply() -> None:
    """Put the patch in place."""
    stock = DialogueStateTracker.applied_events

    def applied_events(self: DialogueStateTracker) -> List[Event]:
        count = len(self.events)
        last = self.events[-1] if count else None
        held = self.__dict__.get("_suda_applied")
        if held is None or held[0] != count or held[1] is not last:
            held = self.__dict__["_suda_applied"] = (count, last, stock(self))
        return list(held[2])

    DialogueStateTracker.applied_events = applied_events

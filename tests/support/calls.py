"""Calls for tests: told, and drafted without models."""

from __future__ import annotations

from datetime import datetime

from bot.calls.model import CHANNEL, Draft, NewCall, Part, Segment, Speaker, Told
from bot.cases import CaseDraft
from bot.clock import CITY

STARTED = datetime(2026, 11, 26, 9, 30, tzinfo=CITY)
CALLER = "13900010001"


def new_call(external_id: str = "c-1", *, caller: str | None = CALLER, source: str = "live") -> NewCall:
    """A call as a call centre tells of it."""
    return NewCall(external_id, "recording" if source == "recording" else "live", STARTED, caller)


def said(
    text: str,
    start: float,
    *,
    speaker: Speaker = "caller",
    key: str | None = None,
    final: bool = True,
    confidence: float | None = 0.9,
) -> Segment:
    """A stretch of three seconds."""
    return Segment(key or f"{speaker}:{start}", speaker, start, start + 3, text, confidence, final)


async def plain_draft(told: Told) -> Draft:
    """What ``actions.calls.draft_call`` gives, without understanding: all the words as one matter without a place."""
    parts = told.parts or ()
    contents = [part.content for part in parts] or [told.words]
    return Draft(
        tuple(
            Part(
                CaseDraft(
                    kind="投诉",
                    title="其他",
                    content=content,
                    channel=CHANNEL,
                    contact_phone=None if told.anonymous else told.phone,
                    contact_name=told.name,
                    anonymous=told.anonymous,
                    place_text=parts[number].place or None if parts else None,
                    category=parts[number].category if parts else None,
                    understanding={"kind": "投诉"},
                ),
                missing=("location", "time"),
            )
            for number, content in enumerate(contents)
        )
    )

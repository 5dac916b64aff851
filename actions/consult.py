"""Answering a question from the city's articles, or saying honestly that none is sure."""

from __future__ import annotations

import asyncio
from typing import Any

from actions.turn import Turn
from bot.clock import in_city
from bot.editorial import record_unanswered
from bot.knowledge import Answer
from bot.messages import Button
from bot.understanding import redact

OFFERED = 2
"""Articles named when none is sure but some are near."""

NEAR = 0.25
"""Calibrated probability from which an article is worth naming."""


async def look_up(turn: Turn, query: str) -> Answer:
    """The knowledge base's answer to ``query`` as of the day it was asked."""
    return await asyncio.to_thread(turn.services.knowledge.ask, query, on=in_city(turn.at).date())


async def say_answer(turn: Turn, answer: Answer, *, in_form: bool = False) -> dict[str, Any] | None:
    """Tell the citizen what was found.

    Returns:
        The offer to remember (the slot ``offer``), or None when the question was answered.
    """
    if answer.article_id is not None:
        turn.say("utter_answer", answer=answer.as_text(), data={"article": {"id": answer.article_id, "basis": list(answer.basis)}})
        return None
    async with turn.services.database.session() as session, session.begin():
        await record_unanswered(session, redact(turn.text), at=turn.at, nearest=answer.candidates[0].id if answer.candidates else None)
    if in_form:
        turn.say("utter_unsure_in_form")
        return None
    near = [candidate for candidate in answer.candidates[:OFFERED] if candidate.score >= NEAR]
    if near:
        choices = tuple(Button(title=candidate.title, says=candidate.title) for candidate in near)
        turn.say("utter_unsure_candidates", buttons=(*choices, Button("都不是，帮我登记", "好的，登记")))
    else:
        turn.say("utter_unsure")
    return {"file": turn.text}

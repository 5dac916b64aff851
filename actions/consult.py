"""Answering a question from the city's articles, or saying honestly that none is sure."""

from __future__ import annotations

import asyncio
from typing import Any

from actions.turn import Turn
from bot.clock import in_city
from bot.editorial import record_unanswered
from bot.knowledge import Answer
from bot.messages import Button
from bot.understanding.redaction import redact


async def look_up(turn: Turn, query: str) -> Answer:
    """The knowledge base's answer to ``query`` as of the day it was asked."""
    return await asyncio.to_thread(turn.services.knowledge.ask, query, on=in_city(turn.at).date())


async def say_answer(turn: Turn, answer: Answer, *, in_form: bool = False) -> dict[str, Any] | None:
    """Tell the citizen what was found.

    Returns:
        The offer to remember (the slot ``offer``), or None when the question was answered.
    """
    if answer.article_id is not None:
        turn.say(
            "utter_answer",
            answer=answer.as_text(),
            data={"article": {"id": answer.article_id, "basis": list(answer.basis)}},
        )
        return None
    async with turn.services.database.session() as session, session.begin():
        nearest = answer.candidates[0].id if answer.candidates else None
        await record_unanswered(session, turn.text, redact=redact, nearest_article=nearest, at=turn.at)
    if in_form:
        turn.say("utter_unsure_in_form")
        return None
    if answer.suggestions:
        choices = tuple(Button(title=near.title, says=near.title) for near in answer.suggestions)
        turn.say("utter_unsure_candidates", buttons=(*choices, Button("都不是，帮我登记", "好的，登记")))
    else:
        turn.say("utter_unsure")
    return {"file": turn.text}

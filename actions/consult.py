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

CONSULTATION = "咨询"


async def look_up(turn: Turn, query: str) -> Answer:
    """The knowledge base's answer to ``query`` as of the day it was asked."""
    return await asyncio.to_thread(turn.services.knowledge.ask, query, on=in_city(turn.at).date())


async def say_answer(
    turn: Turn, answer: Answer, *, kind: str = CONSULTATION, in_form: bool = False
) -> dict[str, Any] | None:
    """Tell the citizen what was found.

    Args:
        turn: The turn.
        answer: What was found.
        kind: What the words sounded like; a complaint in the form of a question may still be filed.
        in_form: A complaint is under way: nothing else is offered.

    Returns:
        The offer to remember (the slot ``offer``), or None inside a form. A ``quiet`` one was not spoken of: it is taken
        up by "登记" or by a place, not by a mere "好的".
    """
    if answer.article_id is not None:
        article = {"id": answer.article_id, "basis": list(answer.basis)}
        turn.say("utter_answer", answer=answer.as_text(), data={"article": article})
        if in_form:
            return None
        if kind == CONSULTATION:
            return {"file": turn.text, "kind": kind, "quiet": True}
        turn.say("utter_answered_may_file")
        return {"file": turn.text, "kind": kind}
    async with turn.services.database.session() as session, session.begin():
        nearest = answer.candidates[0].id if answer.candidates else None
        await record_unanswered(session, turn.text, redact=redact, nearest_article=nearest, at=turn.at)
    if in_form:
        near = answer.suggestions[0].title if answer.suggestions else ""
        turn.say("utter_unsure_in_form_near" if near else "utter_unsure_in_form", title=near)
        return None
    titles = [near.title for near in answer.suggestions]
    if not titles:
        turn.say("utter_unsure")
        return {"file": turn.text, "kind": kind}
    listed = "\n".join(f"{number}. {title}" for number, title in enumerate(titles, 1))
    buttons = tuple(Button(title=title, says=title) for title in titles)
    turn.say(
        "utter_unsure_candidates",
        choices=listed,
        buttons=(*buttons, Button("都不是，帮我登记", "好的，登记")),
    )
    return {"file": turn.text, "kind": kind, "choices": titles}

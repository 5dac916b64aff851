"""Answers to what is not an answer; afterwards the form comes back to the very question that was open."""

from __future__ import annotations

import re

from actions.anytime.service import service_question
from actions.complaint.draft import Question
from actions.complaint.steering import Aside
from actions.consult import look_up, say_answer
from actions.progress import say_progress
from actions.turn import Turn

_LEADS = re.compile(
    r"^(诶|哎|那个?|对了|等等|等一下|先|再|我|想|还|能|可以|顺便|请|麻烦|[，,、 ])*(问|咨询|打听)(一?下|一?句|一?声|个|您|你|[，,：: ])*"
)
"""What leads a question in and is no part of it: 诶顺便问句."""
_SENTENCES: dict[Aside, str] = {
    "help": "utter_help_in_form",
    "greet": "utter_here",
    "thank": "utter_thank_in_form",
    "calm": "utter_calm_in_form",
    "off_topic": "utter_off_topic_in_form",
    "wait": "utter_wait",
}


async def answer_aside(turn: Turn, aside: Aside, question: Question, *, deciding: bool = False) -> bool:
    """Say what the aside calls for.

    Args:
        turn: The turn.
        aside: What it is.
        question: The open question.
        deciding: Whether the read-back put something to decide, which is what "why?" asks about then.

    Returns:
        Whether it was an aside after all; a question no article answers may be part of the matter.
    """
    if aside == "service":
        turn.say(service_question(turn.text) or "utter_help_in_form")
    elif aside == "progress":
        await say_progress(turn)
    elif aside == "explain":
        turn.say("utter_why_deciding" if deciding else f"utter_why_{question}")
    elif aside == "question":
        answer = await look_up(turn, _LEADS.sub("", turn.text))
        if answer.article_id is None and question in {"description", "confirmed"}:
            return False
        await say_answer(turn, answer, in_form=True)
    elif aside in _SENTENCES:
        turn.say(_SENTENCES[aside])
    return True

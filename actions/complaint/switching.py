"""Leaving a matter and coming back: after silence, for another one, to the one set aside, to a case filed before."""

from __future__ import annotations

from dataclasses import replace

from actions.anytime.filed import take_for_filed
from actions.anytime.wishes import BACK_TO, DROPS, only_goes_on, switch_in, wants_back
from actions.complaint.asides import answer_aside
from actions.complaint.deciding import put_again
from actions.complaint.draft import Draft, Question
from actions.complaint.earlier import with_earlier, with_known_contact
from actions.complaint.opening import open_matter
from actions.complaint.putting import ask, remember
from actions.complaint.reading import take_stated
from actions.complaint.returning import LONG_AWAY, goes_on, summary_of, was_away, welcome_back
from actions.complaint.steering import Aside, aside_of
from actions.complaint.utterance import Utterance, only_fields, says_yes, tells_trouble
from actions.guard import Events
from actions.triage import Verdict, judge
from actions.turn import Turn

FAIRLY_SURE = 0.7
"""Confidence from which words behind "先说别的" are a matter by themselves."""
SHORTEST_TOLD = 6
"""Characters below which such words only announce it."""
SHORTEST_ANSWER = 12
"""Characters up to which "go on" is all that is said."""


async def change_matter(turn: Turn, draft: Draft, question: Question, utterance: Utterance) -> Events | None:
    """Coming back after silence, another matter first, back to the one set aside, a case filed before."""
    if (gap := was_away(turn, draft)) is not None:
        if gap >= LONG_AWAY and not only_fields(utterance.text, utterance.at):
            if not (goes_on(utterance) or aside_of(utterance, question) in {"cancel", "restart"}):
                return await _after_days(turn, draft, question)
        elif aside_of(utterance, question) not in {"cancel", "restart"}:
            welcome_back(turn, draft, gap)
        if goes_on(utterance) and not (question == "confirmed" and says_yes(utterance)):
            return await ask(turn, replace(put_again(draft), read_to=turn.inbox_id))
    pointed = question in {"place", "contact"} and with_earlier(draft, utterance.text, turn.talk)[1]
    if pointed and not BACK_TO.search(utterance.text):
        return None
    if await take_for_filed(turn, during=draft):
        return await ask(turn, replace(put_again(draft), read_to=turn.inbox_id))
    announced = switch_in(utterance.text)
    if announced is not None and draft.matter:
        return await other_matter(turn, draft, question, announced)
    if wants_back(utterance):
        talk, shelved = turn.talk.take_back("interrupted", "later")
        if shelved is not None and not only_goes_on_here(utterance.text, draft, shelved):
            dropped = bool(DROPS.search(utterance.text))
            turn.remember(talk.shelve(draft, "cancelled" if dropped else "interrupted"))
            turn.say("utter_back_to", matter=summary_of(shelved))
            taken = with_known_contact(put_again(shelved), turn.talk, turn.at)
            taken, _ = take_stated(with_earlier(taken, utterance.text, turn.talk)[0], utterance)
            return await ask(turn, replace(taken, read_to=turn.inbox_id))
        if draft.matter and (len(utterance.text) <= SHORTEST_ANSWER or BACK_TO.search(utterance.text)):
            turn.say("utter_here_again", matter=summary_of(draft))
            taken, _ = take_stated(with_earlier(put_again(draft), utterance.text, turn.talk)[0], utterance)
            return await ask(turn, replace(taken, read_to=turn.inbox_id))
    return None


async def _after_days(turn: Turn, draft: Draft, question: Question) -> Events:
    """Another matter after days is a new talk; anything else is asked about first."""
    verdict = await judge(turn)
    if verdict.course == "complaint":
        turn.remember(turn.talk.shelve(draft, "stale"))
        turn.say("utter_old_set_aside", matter=summary_of(draft))
        return await ask(turn, await open_matter(turn, Draft(), verdict))
    gap = turn.since_last
    if gap is not None:
        welcome_back(turn, draft, gap)
    turn.say("utter_resume_or_new")
    return remember(replace(draft, read_to=turn.inbox_id), question)


async def other_matter(turn: Turn, draft: Draft, question: Question, told: str) -> Events:
    """Set the matter under way aside and take the announced one first."""
    verdict = await judge(turn) if told else None
    if verdict is not None and not turn.payload.get("call") and not _is_matter(verdict, told):
        # 先不说这个，你给我算算股票: nothing to set the matter aside for
        aside: Aside = "question" if verdict.course == "question" else "off_topic"
        await answer_aside(turn, aside, question, deciding=bool(draft.deciding))
        return await ask(turn, replace(put_again(draft), read_to=turn.inbox_id))
    turn.remember(turn.talk.shelve(draft, "interrupted"))
    turn.say("utter_set_aside", matter=summary_of(draft))
    fresh = Draft()
    if verdict is None or verdict.course != "complaint":
        return await ask(turn, replace(fresh, read_to=turn.inbox_id))
    return await ask(turn, await open_matter(turn, fresh, verdict))


def _is_matter(verdict: Verdict, told: str) -> bool:
    """Whether what is told behind "先不说这个" may be a matter: a place, a trouble, or what understanding is fairly sure of."""
    matter = verdict.understanding
    sure = matter is not None and (matter.place is not None or (matter.confidence or 0.0) >= FAIRLY_SURE)
    return sure or tells_trouble(told) or len(told) < SHORTEST_TOLD


def only_goes_on_here(text: str, draft: Draft, shelved: Draft) -> bool:
    """Whether "go on" means the matter under way: it names nothing, or a word that only this one has."""
    if not draft.matter:
        return False
    here = sum(word in draft.content and word not in shelved.content for word in _words(text))
    there = sum(word in shelved.content and word not in draft.content for word in _words(text))
    return here > there or (there == 0 and only_goes_on(text) and "回到" not in text and "说回" not in text)


def _words(text: str) -> set[str]:
    return {text[start : start + 2] for start in range(len(text) - 1)}

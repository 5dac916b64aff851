"""The complaint form: takes what was said, answers asides, asks the one next thing, ends in a case or not."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from rasa_sdk.events import SlotSet

from actions.anytime.door import pass_door
from actions.anytime.filed import add_to_case, joins_filed
from actions.anytime.person import alert, is_with_person
from actions.carried import doubts, guessed
from actions.carried.places import put_right, take_suggestion
from actions.carried.taking import (
    carries,
    collect,
    keep_quietly,
    speaks_for_itself,
    take_for_question,
)
from actions.complaint.asides import answer_aside
from actions.complaint.asking import next_ask
from actions.complaint.choosing import choice_beside, choice_in, only_part
from actions.complaint.deciding import (
    keep_as_answer,
    put_again,
)
from actions.complaint.draft import Draft, Question, load
from actions.complaint.earlier import with_earlier
from actions.complaint.endangered import danger_first, end_of_danger, other_danger
from actions.complaint.feelings import acknowledgement
from actions.complaint.known import course_of, says_anew
from actions.complaint.opening import find_danger, open_matter, warn
from actions.complaint.putting import ask, remember
from actions.complaint.reading import read_answer, take_stated
from actions.complaint.receipt import count_in_words
from actions.complaint.responding import close, decide, respond
from actions.complaint.returning import summary_of
from actions.complaint.several import announces_another, draft_of_issue, keep, listed, with_another
from actions.complaint.steering import aside_of
from actions.complaint.switching import change_matter, other_matter
from actions.complaint.telling import tells_something
from actions.complaint.utterance import (
    Utterance,
    only_fields,
    says_yes,
    tells_trouble,
    utterance_of,
)
from actions.front import before_matter
from actions.guard import Events, GuardedAction
from actions.offers import draft_of_offer
from actions.triage import Verdict, follow, is_plain, judge
from actions.turn import Turn
from bot.understanding.contact import find_contact


class ValidateComplaintForm(GuardedAction):
    """Called by Rasa once a turn while the form is open, and when it opens.

    It always names the next slot itself, so that Rasa's form only carries the state.
    """

    def name(self) -> str:
        """The name in ``domain.yml``."""
        return "validate_complaint_form"

    async def act(self, turn: Turn) -> Events:
        """Read the utterance, speak, and say which slot is asked now."""
        draft = load(turn.tracker.get_slot("draft"))
        question: Question | None = turn.tracker.get_slot("requested_slot")
        if draft.read_to >= turn.inbox_id:
            return await ask(turn, put_again(draft))
        if question is None:
            return await self._open(turn, draft)
        if await is_with_person(turn):
            keep_quietly(turn)
            return remember(await warn(turn, draft), question)
        if carries(turn):
            draft, quiet = take_for_question(turn, draft, question)
            if not turn.text:
                draft = replace(draft, read_to=turn.inbox_id)
                return remember(draft, question) if quiet else await ask(turn, put_again(draft))
            if draft.matter and speaks_for_itself(turn) and await find_danger(turn) is None:
                # 这张是今天拍的: for whoever looks at it, and no answer to the open question
                draft = collect(turn, replace(draft, matter=(*draft.matter, turn.text)))
                return await ask(turn, replace(put_again(draft), read_to=turn.inbox_id))
        return await self._go_on(turn, draft, question)

    def after_failure(self, turn: Turn) -> Events:
        """Keep the question open: the draft is written back as it was."""
        slots = turn.tracker.slots
        if slots.get("requested_slot") is None:
            return [SlotSet("confirmed", False), SlotSet("requested_slot", None)]
        return [SlotSet("draft", slots.get("draft")), SlotSet("requested_slot", slots.get("requested_slot"))]

    async def _open(self, turn: Turn, draft: Draft) -> Events:
        """The first utterance: it may hold the whole case, or turn out to be something else."""
        if turn.tracker.get_slot("requested_slot") is None:
            front = await before_matter(turn)
            if isinstance(front, Draft):
                return await ask(turn, front)
            if front == "handled":
                return close(Draft(), confirmed=False)
        offer = turn.tracker.get_slot("offer")
        if offer and not draft.matter and (offered := draft_of_offer(turn, offer)) is not None:
            return [SlotSet("offer", None), *await ask(turn, offered)]
        verdict = await judge(turn)
        if verdict.course == "opener":
            stated, _ = take_stated(draft, utterance_of(turn))
            stated, _ = with_earlier(stated, turn.text, turn.talk)
            if (feeling := acknowledgement(turn.text)) is not None:
                turn.say(feeling)
            return await ask(turn, replace(stated, read_to=turn.inbox_id))
        asked = turn.tracker.get_slot("requested_slot") == "description"
        if asked and verdict.say in _UNCLEAR and tells_something(turn.text):
            # Asked what it is about, whatever is said is what it is about: 噪音.
            understood = await asyncio.to_thread(turn.services.understander.understand, turn.text, at=turn.at)
            verdict = Verdict("complaint", understanding=understood)
        if verdict.course != "complaint":
            if asked and verdict.say in _UNCLEAR:
                return await ask(turn, replace(draft, read_to=turn.inbox_id).fail("description"))
            return close(Draft(), confirmed=False, offer=await follow(turn, verdict))
        return await ask(turn, await open_matter(turn, draft, verdict))

    async def _go_on(self, turn: Turn, draft: Draft, question: Question) -> Events:
        """An utterance while ``question`` is open."""
        utterance = utterance_of(turn)
        first = bool(turn.payload.get("call"))  # what was told in a call is a matter of its own
        if draft.matter and first:
            return await other_matter(turn, draft, question, utterance.text)
        if await other_danger(turn, draft) is not None:
            return await danger_first(turn, draft)
        before = draft.dangers
        draft = await warn(turn, draft)
        if draft.dangers != before:
            await alert(turn, draft)
        else:
            if (over := await end_of_danger(turn, draft)) is not None:
                return over
            if (answer := guessed.answer(turn)) == "yes":
                return await ask(turn, await guessed.take(turn, put_again(draft)))
            if answer == "no":
                turn.say("utter_heard_danger_no")
                return await ask(turn, replace(put_again(draft), read_to=turn.inbox_id))
            passed = await pass_door(turn, draft, in_form=True)
            if passed == "asked":
                return remember(draft, question)
            if passed == "ended":
                return close(draft, confirmed=False)
            if passed == "said":
                return await ask(turn, replace(put_again(draft), read_to=turn.inbox_id))
            if (joined := joins_filed(turn, draft)) is not None:
                await add_to_case(turn, joined.number, draft.content, files=collect(turn, draft).files)
                return await self._go_on_with_shelved(turn)
            if (moved := await change_matter(turn, draft, question, utterance)) is not None:
                return moved
            if (steered := await self._steer(turn, draft, question, utterance)) is not None:
                return steered
            if says_anew(turn.text) and draft.matter and question != "confirmed":
                turn.say("utter_filed_apart")
                return await ask(turn, replace(put_again(draft), asked_alike=True, read_to=turn.inbox_id))
            if (more := await self._take_another(turn, draft)) is not None:
                return more
        if question == "description":
            return await self._open(turn, draft)
        return await self._read(turn, draft, question, utterance)

    async def _steer(
        self, turn: Turn, draft: Draft, question: Question, utterance: Utterance
    ) -> Events | None:
        """Cancel, restart, and asides that are answered before the question is put again."""
        if doubts.is_asked(draft, question) and says_yes(utterance):
            return None  # 是的，谢谢
        aside = aside_of(utterance, question)
        if aside == "cancel":
            turn.say("utter_cancelled")
            turn.remember(turn.talk.shelve(draft, "cancelled"))
            return await self._go_on_with_shelved(turn)
        if aside == "restart":
            turn.say("utter_restarted")
            return remember(Draft(read_to=turn.inbox_id, files=draft.files), "description")
        if aside is not None and await answer_aside(turn, aside, question, deciding=bool(draft.deciding)):
            return await ask(turn, replace(put_again(draft), read_to=turn.inbox_id))
        return None

    @staticmethod
    async def _take_another(turn: Turn, draft: Draft) -> Events | None:
        """One more matter told in the middle: 对了还有个事，村里那趟公交也减了."""
        told = announces_another(turn.text) if draft.matter and not draft.dangers else None
        if told is None:
            return None
        understood = await asyncio.to_thread(turn.services.understander.understand, told, at=turn.at)
        if not is_plain(understood) and not tells_trouble(told):
            return None
        both = with_another(draft, told, understood)
        if both is None:
            return None
        both, _ = take_stated(both, replace(utterance_of(turn), text=told))
        turn.say("utter_several", count=count_in_words(len(both.issues)), issues=listed(both.issues))
        return await ask(turn, replace(put_again(both), read_to=turn.inbox_id))

    async def _read(self, turn: Turn, draft: Draft, question: Question, utterance: Utterance) -> Events:
        """The utterance as an answer."""
        if not draft.issues and (part := only_part(draft, utterance.text)) is not None:
            turn.say("utter_kept_only", matter=part.matter_told)
            return await ask(turn, replace(put_again(part), read_to=turn.inbox_id))
        if draft.issues and (sorted_out := self._sort_out(turn, draft, utterance)) is not None:
            draft, rest = sorted_out
            if not rest:
                return await ask(turn, replace(draft, read_to=turn.inbox_id))
            utterance = replace(utterance, text=rest)
        if question == "place" and draft.suggested is not None:
            taken = take_suggestion(draft, utterance)
            if taken is not None:
                return await ask(turn, replace(taken, read_to=turn.inbox_id))
            draft = replace(draft, suggested=None)
        if (checked := doubts.take_answer(turn, draft, question, utterance)) is not None:
            draft, is_all = checked
            if is_all:
                return await ask(turn, replace(draft, read_to=turn.inbox_id))
        if question == "confirmed":
            course = course_of(draft, utterance)
            if (
                course == "add"
                and draft.alike
                and await add_to_case(turn, draft.alike, draft.content, files=draft.files)
            ):
                return await self._go_on_with_shelved(turn)
            anew = course == "anew" or (course is None and says_yes(utterance))
            if anew and next_ask(draft).question != "confirmed":
                # Told early that it is known already; filed on its own it still lacks something.
                return await ask(turn, replace(draft, alike=None, read_to=turn.inbox_id))
            if course is not None:
                return close(replace(draft, follows=course == "follow"), confirmed=True)
            if draft.issues and choice_in(utterance.text, draft.issues) == "each":
                return close(draft, confirmed=True)
            if (decided := decide(turn, draft, utterance)) is not None:
                return await ask(turn, replace(decided, read_to=turn.inbox_id))
        draft, pointed = with_earlier(draft, utterance.text, turn.talk)
        if pointed and question in {"place", "contact"}:
            draft, _ = take_stated(draft, utterance)
            return await ask(turn, replace(draft, read_to=turn.inbox_id))
        reading = read_answer(draft, question, utterance)
        if reading.corrected:
            reading = replace(reading, draft=put_right(draft, reading.draft, utterance.text))
        if reading.confirmed:
            return close(reading.draft, confirmed=True)
        if reading.added and question == "confirmed":
            # What no rule knows as an answer is one all the same: a person will read it.
            reading = replace(reading, draft=keep_as_answer(draft, reading.draft, utterance.text))
        return await respond(turn, question, reading)

    @staticmethod
    async def _go_on_with_shelved(turn: Turn) -> Events:
        """After a matter that ended without filing: what was set aside for it, or nothing."""
        talk, shelved = turn.talk.take_back("interrupted", "later")
        if shelved is None:
            return close(Draft(), confirmed=False)
        turn.remember(talk)
        turn.say("utter_back_to", matter=summary_of(shelved))
        return await ask(turn, replace(put_again(shelved), read_to=turn.inbox_id))

    @staticmethod
    def _sort_out(turn: Turn, draft: Draft, utterance: Utterance) -> tuple[Draft, str] | None:
        """How several matters are to be filed; the draft, and what else the words say."""
        choice, rest = choice_in(utterance.text, draft.issues), ""
        beside = choice_beside(utterance.text, draft.issues) if choice in {None, "single"} else None
        if beside is not None and not tells_trouble(beside[1]) and only_fields(beside[1], utterance.at):
            choice, rest = beside
        if choice is None or choice == "each":
            return (draft, rest) if rest else None
        if choice == "single":
            left = rest or (utterance.text if find_contact(utterance.text) is not None else "")
            return replace(draft, issues=()), left
        if choice == "one_by_one":
            for index in range(len(draft.issues) - 1, 0, -1):
                turn.remember(turn.talk.shelve(draft_of_issue(draft, index), "later"))
            return draft_of_issue(draft, 0), rest
        kept = keep(draft, choice)
        turn.say("utter_kept_only", matter=listed(kept.issues) if kept.issues else kept.matter_told)
        return kept, rest


_UNCLEAR = frozenset({"utter_not_understood", "utter_maybe_file"})

"""What is still worth deciding before a case is filed: which matter is meant, and the one fact that tells whose duty it is.

Both are asked together with the read-back, so that a citizen who knows no answer files with one word.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from actions.complaint.correcting import corrects, declines_contact
from actions.complaint.draft import Draft
from actions.complaint.utterance import Utterance, plainly_no, plainly_yes, wants_anonymity, wants_confidence
from actions.complaint.wording import place_in_words
from actions.turn import Turn
from bot.catalogue import Catalogue
from bot.messages import Button
from bot.understanding import Understanding

UNSURE = 0.45
"""Confidence of the category below which the citizen is offered the likeliest ones."""
LIKELY = 0.08
"""Confidence that a category needs to be worth offering."""
FACTS = 2
"""Things put for decision at most in one talk."""
BUTTONS = 4
CATEGORY = "category"
"""Stands for the choice of a category among the slots that were asked."""
NEVER = frozenset({"咨询", "表扬"})
"""Kinds for which it does not matter before filing."""

_CHOICE = re.compile(r"(?:是|选|第|我选|应该是|就是)*\s*([1-4一二三四])\s*(?:个|项|条|号|种)?[。.!！吧]*")
LONGEST_CHOICE = 12
_IS_A_FIELD = re.compile(
    r"\d+号(?!线)|[一二三四五六七八九十\d]+(?:号楼|单元|层)|\d{7,}|(?:地址|地点|时间|电话|号码|内容)(?:不|错|写|说|是|改)"
)
"""Words that correct the read-back: a house number, a telephone number, a field by its name."""
_NOT_THAT = re.compile(r"不是(?P<wrong>[^，,。]{1,12})")
_NOTHING_TO_SAY = frozenset({"没有", "没", "无", "没有字", "没字"})
_NONE = re.compile(r"都不(?:是|对)|没有一个|哪个都不")


@dataclass(frozen=True, slots=True)
class Deciding:
    """One thing to decide.

    Attributes:
        slot: The clarifying question, or :data:`CATEGORY`.
        question: As the citizen reads it.
        answers: What the buttons offer.
        codes: For :data:`CATEGORY` the leaves that the answers stand for.
    """

    slot: str
    question: str
    answers: tuple[str, ...]
    codes: tuple[str, ...] = ()

    @property
    def buttons(self) -> tuple[Button, ...]:
        """The answers to press."""
        return tuple(Button(answer, answer) for answer in self.answers[:BUTTONS])


async def understand_draft(turn: Turn, draft: Draft) -> Understanding:
    """What the draft holds, understood as a whole; the vector of words that opened the talk serves again."""
    words = draft.content if draft.place is None else f"{draft.content}。地点：{place_in_words(draft.place)}"
    return await asyncio.to_thread(
        turn.services.understander.understand,
        words,
        at=turn.at,
        matter=draft.matter_told,
        answers=draft.answers,
        category=draft.category,
        listen=not draft.no_danger,
    )


def decide_next(
    catalogue: Catalogue, draft: Draft, understood: Understanding
) -> tuple[Draft, Deciding | None]:
    """The next thing to decide, with the draft that remembers it; None: nothing is open, or there is no time for it."""
    settled = replace(draft, deciding=None, offered=())
    if draft.dangers or draft.kind in NEVER or len(draft.decided_by) >= FACTS:
        return settled, None
    deciding = next_to_decide(catalogue, draft, understood)
    if deciding is None:
        return settled, None
    return replace(
        settled,
        deciding=deciding.slot,
        offered=deciding.codes or deciding.answers[:BUTTONS],
        decided_by=(*draft.decided_by, deciding.slot),
        decided_for=understood.category,
    ), deciding


def next_to_decide(catalogue: Catalogue, draft: Draft, understood: Understanding) -> Deciding | None:
    """What of an understood draft is worth deciding and was not asked yet: the matter first, then a fact."""
    if CATEGORY not in draft.decided_by and draft.category is None:
        offered = categories_to_offer(catalogue, understood)
        if offered is not None:
            return offered
    decision = understood.dispatch
    if decision is None:
        return None
    for question in decision.questions:
        if question.slot not in draft.decided_by and question.slot not in draft.answers:
            answers = tuple(one.answer for one in question.outcomes)
            return Deciding(question.slot, question.question, answers)
    return None


def categories_to_offer(catalogue: Catalogue, understood: Understanding) -> Deciding | None:
    """Two or three readable choices when the category is unsure and the choice changes who leads."""
    likely = [one for one in understood.candidates if one.score >= LIKELY and not one.code.startswith("99")]
    if (understood.confidence or 0.0) >= UNSURE or len(likely) < 2 or understood.dispatch is None:
        return None
    if len(understood.dispatch.candidates) < 2:
        return None
    names = tuple(readable(catalogue, one.code) for one in likely)
    lines = "\n".join(f"{number}. {name}" for number, name in enumerate(names, 1))
    return Deciding(CATEGORY, f"这件事最接近哪一种？\n{lines}", names, tuple(one.code for one in likely))


def readable(catalogue: Catalogue, code: str) -> str:
    """A category as a citizen reads it: its name, with the one above where that says more."""
    category = catalogue.categories[code]
    above = catalogue.categories[category.parent].name
    return category.name if above in category.name else f"{category.name}（{above}）"


def take_decision(draft: Draft, utterance: Utterance, catalogue: Catalogue) -> Draft | None:
    """The draft after an answer to what was to be decided; None when the utterance is no such answer."""
    slot, text = draft.deciding, utterance.text
    if slot is None:
        return None
    if slot != CATEGORY and (number := _number(text)) is not None and number < len(draft.offered):
        text = draft.offered[number]
        return replace(draft, answers={**draft.answers, slot: text}, deciding=None)
    if slot == CATEGORY:
        code = _chosen(draft, text, catalogue)
        return None if code is None else replace(draft, category=code, deciding=None)
    if is_something_else(draft, utterance):
        return None
    category = draft.category or draft.decided_for
    fits = any(
        fact.slot == slot and fact.holds_for(category) and fact.told_in("", {slot: text})
        for fact in catalogue.facts
    )
    return replace(draft, answers={**draft.answers, slot: text}, deciding=None) if fits else None


def is_something_else(draft: Draft, utterance: Utterance) -> bool:
    """Whether words after the read-back are plainly no answer to its fact: yes, no, a correction, a wish for privacy."""
    text = utterance.text
    if (
        plainly_yes(text)
        or plainly_no(text)
        or draft.correcting
        or corrects(text)
        or _IS_A_FIELD.search(text)
    ):
        return True
    if wants_anonymity(text) or wants_confidence(text) or declines_contact(text):
        return True
    denied = _NOT_THAT.search(text)
    return denied is not None and denied["wrong"] in draft.content


def has_nothing_to_say(text: str) -> bool:
    """没有, after a question for a fact: there is nothing to tell, which is not "no" to the read-back."""
    return text.rstrip("。！!，, 啊呀的") in _NOTHING_TO_SAY


def says_none_of_them(text: str) -> bool:
    """Whether none of the offered categories is meant."""
    return bool(_NONE.search(text))


def keep_as_answer(before: Draft, after: Draft, text: str) -> Draft:
    """``after`` with words that were added to the matter kept as the answer to the fact that was asked, if one was."""
    slot = before.deciding
    if slot is None or slot == CATEGORY:
        return after
    return replace(after, matter=before.matter, answers={**after.answers, slot: text})


def put_again(draft: Draft) -> Draft:
    """The draft that puts its open question again, after an aside."""
    if draft.deciding is None:
        return draft
    asked = tuple(slot for slot in draft.decided_by if slot != draft.deciding)
    return replace(draft, deciding=None, decided_by=asked)


def _chosen(draft: Draft, text: str, catalogue: Catalogue) -> str | None:
    names: Sequence[str] = [readable(catalogue, code) for code in draft.offered]
    if text in names:
        return draft.offered[names.index(text)]
    plain = [catalogue.categories[code].name for code in draft.offered]
    if text in plain:
        return draft.offered[plain.index(text)]
    number = _number(text)
    return draft.offered[number] if number is not None and number < len(draft.offered) else None


def _number(text: str) -> int | None:
    """The place, from 0, that "2", "选2" or "第二个" names."""
    match = _CHOICE.fullmatch(text) if len(text) <= LONGEST_CHOICE else None
    if match is None:
        return None
    return "一二三四".find(match[1]) if match[1] in "一二三四" else int(match[1]) - 1

"""Wrong words give way to right ones, wherever they stand in what was told: in the place, the matter, each of several matters."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from actions.complaint.draft import Draft
from actions.complaint.utterance import tells_trouble
from bot.understanding.contact import find_contact
from bot.understanding.place import find_place

NOT_BUT = re.compile(
    r"不是(?P<wrong>[^，,。 ]{1,12})[，, ]*(?:而|主要|其实|应该|本来)?是(?P<right>[^，,。！!]{1,20}?)[。！!吧啊]*(?=[，,]|$)"
)
BUT_NOT = re.compile(
    r"是(?P<right>[^，,。 ]{1,20}?)[，, ]*(?:而)?(?:不是|不叫)(?P<wrong>[^，,。]{1,12}?)[。！!吧啊]*(?=[，,]|$)"
)
_RIGHT = re.compile(
    r"(?:不对|错了?|写错|说错|记错|打错|搞错|弄错|口误|手滑)[^，,。 ]{0,4}[，,。 ]+(?:应该|其实|我说的)?(?:是|叫)(?P<right>[\u4e00-\u9fff]{2,6})(?:[，,。！!了啊]|$)"
)
_REVERSED = re.compile(
    r"(?:说反|写反|搞反|弄反|说错|写错|搞错|弄错|不对)了?[，,。 ]*(?:应该|其实)?是(?P<right>[^。；;]{5,40})"
)
"""What really is, told in a clause of its own: 我说反了，是大白天路灯一直亮着."""
_SENTENCES = re.compile(r"[。；;！!]+")
_SIDE = re.compile(r"[东南西北]{1,2}[口门侧边头]")
_TWICE = re.compile(r"(?:前面|前边|后面|旁边|门口)(?P<last>前[头面边]|后[头面边]|旁边|门口)")
_CLAUSES = re.compile(r"[，,。；; ]+")


def swapped(draft: Draft, text: str) -> Draft:
    """The wrong words give way to the right ones wherever they stand in the matter: 不是停水，是停电; 说错了，是停水."""
    for sentence in _SENTENCES.split(text):
        match = NOT_BUT.search(sentence) or BUT_NOT.search(sentence)
        if match is not None:
            wrong, right = match["wrong"], _as_much(match["wrong"], match["right"])
            return replaced(_place_replaced(draft, wrong, right), wrong, right)
    named = _RIGHT.search(text)
    if named is not None and (nearly := _nearly(draft.content, named["right"])) is not None:
        return replaced(draft, nearly, named["right"])
    told = _REVERSED.search(text)
    if told is not None and (clause := _told_of(draft, told["right"])) is not None:
        return replaced(draft, clause, told["right"].strip("，, "))
    return draft


def _as_much(wrong: str, right: str) -> str:
    """As much of the right words as the wrong ones said: for 西口, of 东口那个公厕 only 东口."""
    head = right[: len(wrong)]
    return head if len(right) > len(wrong) and head[-1:] == wrong[-1:] else right


def _told_of(draft: Draft, right: str) -> str | None:
    """The clause of the matter that tells of the same thing as ``right``: 路灯晚上不亮 for 大白天路灯一直亮着."""
    if find_contact(right) is not None or not tells_trouble(right):
        return None
    pairs = {right[at : at + 2] for at in range(len(right) - 1)}
    clauses = [clause for part in draft.matter for clause in _CLAUSES.split(part) if tells_trouble(clause)]
    alike = [
        (sum(clause[at : at + 2] in pairs for at in range(len(clause) - 1)), clause) for clause in clauses
    ]
    most, clause = max(alike, default=(0, ""))
    return clause if most else None


def _place_replaced(draft: Draft, wrong: str, right: str) -> Draft:
    """The draft whose place says the right words where it said the wrong ones: 东门 for 西门."""
    place = draft.place
    elsewhere = find_place(right) is not None and not _SIDE.fullmatch(right)
    if place is None or not place.text or wrong not in place.text or elsewhere:
        return draft
    parts: dict[str, Any] = {
        name: _TWICE.sub(r"\g<last>", value.replace(wrong, right))
        for name in ("text", "community", "road", "point")
        if (value := getattr(place, name))
    }
    return replace(draft, place=replace(place, **parts))


def replaced(draft: Draft, wrong: str, right: str) -> Draft:
    """The draft whose matter says ``right`` wherever it said ``wrong``."""
    if wrong not in draft.content:
        return draft
    longer = f"{wrong}{right[-1:]}"
    if not wrong.endswith(right[-1:]) and longer in draft.content:
        wrong = longer  # 六十多块, when "86块" takes the place of 六十多
    return replace(
        draft,
        matter=tuple(part.replace(wrong, right) for part in draft.matter),
        issues=tuple(replace(issue, text=issue.text.replace(wrong, right)) for issue in draft.issues),
    )


def _nearly(content: str, word: str) -> str | None:
    """The word of the same length in ``content`` that shares most characters with ``word``, at least half: 停电 for 停水."""
    best, most = None, (len(word) + 1) // 2 - 1
    for start in range(len(content) - len(word) + 1):
        other = content[start : start + len(word)]
        alike = sum(one == two for one, two in zip(other, word, strict=True))
        if most < alike < len(word):
            best, most = other, alike
    return best

"""When: which of two times tells the day, and what only sounds like one."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta

from actions.complaint.utterance import Utterance
from bot.understanding import Occurred, answer_time, find_time
from bot.understanding.place import find_place
from bot.understanding.time_value import CHOSEN, SETTLES

_ROUGH = re.compile(r"几|些|阵|最近|近来|前段|半天")
_COUNTED = re.compile(r"[一二两俩三仨四五六七八九十半几\d]+个?(多|来)?(天|周|星期|礼拜|月|年)(多|来)?了?$")
_TIME_OF_DAY = re.compile(
    r"(?:每天|天天|一到)?(?:早上|早晨|早|晚上|大晚上|夜里|大?半夜|后半夜|深更半夜|深夜|凌晨|清晨|大清早|一大早|中午|下午|上午|傍晚)?(?:[\d一二三四五六七八九十]+点.{0,4})?"
)
_HABIT = re.compile(r"每天|天天|一到")
_TAKEN_BACK = re.compile(
    r"(?:^|(?<=[，,。…！!\s]))(?:[哦噢哎]?不对|我?(?:说|记)错了?|错了)+[，,。 ]*(?:应该)?是?"
)
_EXACT = 5
"""Strength of a time that names its day."""
_NEARLY = 4
"""Strength of a time that says from when on: 打10月初."""
_SMALL_HOURS = 7
"""Before this hour it is still the night of the day before."""
_CLAUSES = re.compile(r"[，,。；;！!？? ]+")
LONG_STRETCH = timedelta(days=3)


def tells_no_day(occurred: Occurred) -> bool:
    """Whether a time only says at what time of day, and not each day: 晚上黑得没法走."""
    bare = _TIME_OF_DAY.fullmatch(occurred.text) and not _HABIT.match(occurred.text)
    return bool(bare) and occurred.start is None


def only_a_time(utterance: Utterance) -> bool:
    """Whether an answer to "where?" says when instead: 从8月20号喊到现在."""
    occurred = find_time(utterance.text, utterance.at)
    if occurred is None or occurred.strength < _EXACT or find_place(utterance.text) is not None:
        return False
    return len(utterance.text.replace(occurred.text, "")) < len(occurred.text)


def named_day(found: Occurred, utterance: Utterance) -> Occurred | None:
    """The day that a clause names beside a stretch or a count: 打上礼拜，十一月十八号吧."""
    if found.strength >= SETTLES:
        return None
    if not (_is_long(found) or _COUNTED.search(found.text) or found.start is None):
        return None
    for clause in _CLAUSES.split(utterance.text):
        said = find_time(clause, utterance.at)
        if said is not None and says_better(found, said) and not _is_long(said):
            return said
    return None


def put_right(utterance: Utterance) -> Occurred | None:
    """The time that takes back another in the same breath: 前天起的吧…不对，大前天."""
    taken_back = _TAKEN_BACK.search(utterance.text)
    if taken_back is None or find_time(utterance.text[: taken_back.start()], utterance.at) is None:
        return None
    return answer_time(utterance.text[taken_back.end() :], utterance.at).occurred


def chooses_time(utterance: Utterance) -> Occurred | None:
    """The time that the words choose among those told, whatever is known: 就按今天早上这回算, 以昨天那次为准, 就说这次的，昨晚."""
    occurred = find_time(utterance.text, utterance.at)
    return occurred if occurred is not None and occurred.strength >= CHOSEN else None


def in_two_breaths(known: Occurred, utterance: Utterance) -> Occurred | None:
    """The day that is known with the hour that is told later: 昨天停的水, then 大概下午三点; None when they do not go together."""
    if known.precision not in {"day", "part-of-day"} or known.type not in {"date", "interval"}:
        return None
    said = answer_time(utterance.text, utterance.at).occurred
    if said is None or said.strength >= _EXACT:
        return None  # it names its own day
    before = f"{known.text}有事，"
    joined = find_time(f"{before}{utterance.text}", utterance.at)
    if joined is None or joined.precision != "minute" or known.start is None or joined.start is None:
        return None
    night_after = datetime.fromisoformat(joined.start) - timedelta(hours=_SMALL_HOURS)
    if known.start[:10] not in (joined.start[:10], night_after.date().isoformat()):
        return None
    first, last = (place - len(before) for place in joined.span)
    return replace(joined, text=known.text + joined.text, span=(first, last)) if first >= 0 else None


def _is_long(known: Occurred) -> bool:
    """Whether a time is a stretch of days rather than a day: 上礼拜."""
    if known.start is None or known.end is None or known.ongoing:
        return False
    if min(len(known.start), len(known.end)) < len("2026-11-23"):
        return True
    return datetime.fromisoformat(known.end[:10]) - datetime.fromisoformat(known.start[:10]) >= LONG_STRETCH


def says_better(known: Occurred, said: Occurred) -> bool:
    """Whether a later time takes the place of the one said before.

    A day that is named does of a rough count or a habit (半年了, 天天, then 从11月20号开始); the first time of all, the
    one after a repair and the one that is chosen do of any that is not as sure.
    """
    if said.strength >= CHOSEN or said.strength >= SETTLES > known.strength:
        return True
    vague = (
        known.start is None
        or known.precision in {"coarse", "now"}
        or bool(_ROUGH.search(known.text) or _COUNTED.search(known.text) or _tells_hour_only(known))
        or _is_long(known)
    )
    least = _NEARLY if known.start is None or known.precision == "now" else _EXACT
    named = said.start is not None and said.strength >= least and not _ROUGH.search(said.text)
    return vague and named and not _COUNTED.search(said.text)


def _tells_hour_only(known: Occurred) -> bool:
    """Whether a time is a time of day without the day told elsewhere, as in 夜里两点还在打桩，就今天凌晨."""
    return known.strength < _EXACT and bool(_TIME_OF_DAY.fullmatch(known.text))

"""When: which of two times tells the day, and what only sounds like one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from actions.complaint.utterance import Utterance
from bot.understanding import Occurred, answer_time, find_time
from bot.understanding.place import find_place
from bot.understanding.time_mended import ANEW, MENDED
from bot.understanding.time_value import ASIDE, CHOSEN, SETTLES

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
_HAN = re.compile(r"[\u4e00-\u9fff]")
_CLAUSES = re.compile(r"[，,。；;！!？? ]+")
_BARE_MONTH = re.compile(r"(?:这个?|本|当|上个?|上上个)月")
LONG_STRETCH = timedelta(days=3)
_SEEN = re.compile(r"发现|看[见到]|[瞅瞧撞碰听闻]见|碰上|注意到|知道|赶上")
_BEGAN = re.compile(
    r"开始|起的?$|坏|停|漏|断|出|堵|塌|灭|丢|偷|倒|响|闹|吵|打|黑|掉|涨|关|冒|裂|爆|炸|没(?:水|电|气|热)|不[热亮通转]|不走|发生|有的|就(?:没|不|这)"
)
_ELSE = re.compile(
    r"又|再|还[没在是]|修[好了过]|电话|报[修警过了]|反映|投诉|催|来[的了过]?[水电气人修看]|恢复|通知|医院|不是|没[修人来]|摔|说"
)
"""What is not about when it began: 昨天又催了一遍."""
_ONCE_MORE = re.compile(r"又(?=[来开坏停漏堵吵闹响摆冒])")
_AS_SAID = re.compile(r"(?:准确|确切|具体|实话|应该)(?:地|的|来)?说|说是")
_MANNERS = re.compile(
    r"得?有?(?:个)?(?:好?几|[一二两俩三四五六七八九十半]+)个?(?:来|多|把)?(?:天|周|星期|礼拜|月|年)了?|得?有一?(?:些|阵|段)?(?:日子|子|时间)了?"
    r"|(?:我|俺|咱)们?(?:家)?|家里|他们|人家|那(?:个|会儿?|天|时候)?|这(?:个|事儿?)?|下班|上班|放学|回家|回来|出门|路过|遛弯儿?|买菜|早起|睡觉|起(?:床|夜)|出来|进门"
    r"|(?:准确|确切|具体)(?:地|的|来)?说|记得|想了?想|算了?算|应该|可能|估计|大概|差不多|好像|大约|反正|具体|时间|最早|其实|确切|准确|刚才|的?时候|事儿?|楼上|第一次|头一[次回]"
    r"|[得都也是就从打自有嗯哦啊呃欸对吧呢的了才给把一在到现]"
)
_LEFT = 3
"""Characters that may be left of words that only tell when it began: 倒土啊，嗯，昨天三点我瞅见的."""
_BEGINS = 6
"""Strength of a time that says plainly that it began then."""


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


def came_again(told: Sequence[str], utterance: Utterance) -> Occurred | None:
    """The time at which it came again after a repair told before: 昨天来水了, then 今天早上又停了."""
    if not told or ANEW.search(utterance.text) is None or MENDED.search(told[-1]) is None:
        return None
    before = f"{told[-1]}，"
    joined = find_time(f"{before}{utterance.text}", utterance.at)
    if joined is None or joined.strength < SETTLES or joined.span[0] < len(before):
        return None
    first, last = (place - len(before) for place in joined.span)
    return replace(joined, span=(first, last))


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
    if said is None or said.strength >= _EXACT or said.strength <= ASIDE:
        return None  # it names its own day, or is of something else
    before = f"{known.text}有事，"
    joined = find_time(f"{before}{utterance.text}", utterance.at)
    if (joined is None or joined.precision != "minute") and _tells_little_else(said, utterance.text):
        joined = find_time(f"{before}{said.text}", utterance.at)  # 后半晌四点多倒的
    if joined is None or joined.precision != "minute" or known.start is None or joined.start is None:
        return None
    night_after = datetime.fromisoformat(joined.start) - timedelta(hours=_SMALL_HOURS)
    if known.start[:10] not in (joined.start[:10], night_after.date().isoformat()):
        return None
    first, last = (place - len(before) for place in joined.span)
    twice = next((n for n in range(len(joined.text), 0, -1) if known.text.endswith(joined.text[:n])), 0)
    words = known.text + joined.text[twice:]
    return replace(joined, text=words, span=(first, last)) if first >= 0 else None


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
    if said.strength <= ASIDE:
        # 天天吃剩菜, then 上周三孩子回来跟我说的: a day is more than a habit.
        return known.type == "recurring" and known.start is None and said.start is not None
    if known.strength <= ASIDE and said.start is not None and said.strength >= _NEARLY:
        return True
    vague = (
        known.start is None
        or known.precision in {"coarse", "now"}
        or bool(_ROUGH.search(known.text) or _COUNTED.search(known.text) or _tells_hour_only(known))
        or _is_long(known)
        or _BARE_MONTH.fullmatch(known.text) is not None
    )
    least = _NEARLY if known.start is None or known.precision == "now" else _EXACT
    named = said.start is not None and said.strength >= least and not _ROUGH.search(said.text)
    return vague and named and not _COUNTED.search(said.text)


def better_time(known: Occurred, said: Occurred, utterance: Utterance) -> Occurred | None:
    """The time to keep instead of ``known``, when ``said`` of ``utterance`` is better, finer, or all that it tells; else None."""
    if known.type == "since" and said.strength < SETTLES and _ONCE_MORE.search(utterance.text):
        return None  # 夏天就开始了, then 昨晚又来了
    if says_better(known, said):
        return said
    if (joined := in_two_breaths(known, utterance)) is not None:
        return joined
    if said.strength < _NEARLY or said.start is None or known.strength >= SETTLES or _is_rougher(known, said):
        return None
    if _ROUGH.search(said.text) or _COUNTED.search(said.text):
        return None
    if _is_finer(known, said, utterance.text):
        lasts = known.type == "since" and said.precision == "minute"
        return replace(said, type="since", end=None, ongoing=True) if lasts else said
    return said if _only_tells_when(known, said, utterance.text) else None


def said_again(known: Occurred | None, said: Occurred) -> bool:
    """Whether a time told by itself takes the place of ``known``: not the bare day of a known hour, a rough count, nor that of a call."""
    if known is None:
        return True
    if known.strength >= SETTLES > said.strength:
        return False
    if _ROUGH.search(said.text) and known.strength >= _EXACT and not _ROUGH.search(known.text):
        return False
    return said.strength > ASIDE and not _is_rougher(known, said)


def _only_tells_when(known: Occurred, said: Occurred, text: str) -> bool:
    """Whether words are about nothing but when it began or was seen: 得有几天了，我是上周四下班发现的.

    Who met with it later than it is known to have begun says nothing better: 从11月10号开始漏, then 我昨天看见的.
    """
    if not _tells_little_else(said, text):
        return False
    rest = text.replace(said.text, "，", 1)
    seen, began = _SEEN.search(rest), _BEGAN.search(rest) or said.type == "since"
    if not (seen or began):
        return not _HAN.search(_MANNERS.sub("", rest))
    later = known.start is not None and (said.start or "") > known.start
    return not (seen and later and known.strength >= _BEGINS)


def _tells_little_else(said: Occurred, text: str) -> bool:
    """Whether words beside a time tell nothing but that it was so: 后半晌四点多倒的, 我记得是上周四看见的."""
    rest = text.replace(said.text, "，", 1)
    if _ELSE.search(_AS_SAID.sub("", rest)):
        return False
    return len(_HAN.findall(_MANNERS.sub("", _BEGAN.sub("", _SEEN.sub("", rest))))) <= _LEFT


def _is_finer(known: Occurred, said: Occurred, text: str) -> bool:
    """Whether a time is the hour, or the part, of the day that is known: 昨天, then 昨天后半晌三点来钟."""
    rank = {"day": 0, "part-of-day": 1, "minute": 2}
    if said.strength < _EXACT or _ELSE.search(_AS_SAID.sub("", text.replace(said.text, ""))):
        return False
    if rank.get(said.precision, 0) <= rank.get(known.precision, 3):
        return False
    return _is_within(said, known)


def _is_rougher(known: Occurred, said: Occurred) -> bool:
    """Whether a time only repeats the day or month of the one that is known to the hour or the day."""
    rank = {"minute": 3, "part-of-day": 2, "day": 1}
    wide = 0 if _is_long(said) else rank.get(said.precision, 0)
    return wide < (0 if _is_long(known) else rank.get(known.precision, 0)) and _is_within(known, said)


def _is_within(inner: Occurred, outer: Occurred) -> bool:
    """Whether ``inner`` begins within ``outer``; the small hours belong to the day before, too."""
    if inner.start is None or outer.start is None:
        return False
    if outer.precision == "part-of-day" and outer.end is not None:
        return outer.start <= inner.start <= outer.end
    days = {inner.start[:10]}
    if len(inner.start) > len("2026-11-23"):
        days.add((datetime.fromisoformat(inner.start) - timedelta(hours=_SMALL_HOURS)).date().isoformat())
    last = outer.start if outer.type == "since" or outer.end is None else outer.end
    return any(outer.start[: len(day)] <= day <= f"{last}~" for day in days)


def _tells_hour_only(known: Occurred) -> bool:
    """Whether a time is a time of day without the day told elsewhere, as in 夜里两点还在打桩，就今天凌晨."""
    return known.strength < _EXACT and bool(_TIME_OF_DAY.fullmatch(known.text))

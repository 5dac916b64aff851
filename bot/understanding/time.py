"""When it happened: one time in a text, or the answer to "什么时候？"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache

from bot.clock import in_city
from bot.understanding.recent import READ_BEFORE
from bot.understanding.time_again import again_spans
from bot.understanding.time_asides import is_beside, without_asides
from bot.understanding.time_beginning import (
    beginnings_first,
    named_over_counted,
    repeats_roughly,
    without_visits,
)
from bot.understanding.time_calendar import calendar_spans
from bot.understanding.time_choice import chosen_first
from bot.understanding.time_masks import mask
from bot.understanding.time_mended import without_mended
from bot.understanding.time_point import PARTS, Point, clock, clock_of, point_value, points
from bot.understanding.time_relapse import days_carried_on
from bot.understanding.time_span import durations, spoken_stretches
from bot.understanding.time_twice import told_together
from bot.understanding.time_value import (
    ASIDE,
    Occurred,
    Value,
    again,
    now,
    since_about,
    since_day,
    since_moment,
)

_SIMPLE = str.maketrans(
    "點週禮開現剛個後從時兩號裡裏間來這晝幾鐘連續過歲樓單節國慶幫還沒組隊條棟門壞處復決",
    "点周礼开现刚个后从时两号里里间来这昼几钟连续过岁楼单节国庆帮还没组队条栋门坏处复决",
)
"""Traditional characters of time words, one for one, so that spans stay where they are."""

_NOW = re.compile(
    r"刚刚|刚才(?!那件|那个(?:事|单|问题|投诉)|说的|报的|反映|登记)|方才|几分钟前|眼下|就现在|现在|正在|这会儿|此刻|刚不久|刚(?=把|从|发现|发生|看到|看见|路过|进|到家|被|掉|塌|停|撞|有人|听见|听到|闻到|打完|出事|倒|摔|晕)"
)
_SINCE_AFTER = re.compile(
    r"[^，。！？,!?到]{0,4}?(?:到|至)(?:现在|今天?|目前|这会儿|如今)|开始|以来|起(?![诉床火来名重身诺伏哄降居飞了雾风争冲泡疹锅跳跑步夜哪])|以后|之后|至今"
)
_FROM = re.compile(r"(?:自从|打从|从|自|打)$")
_AGAIN = re.compile(
    r"每(?!年|个月|户|人|次|家|平)|天天|夜夜|经常|总是?[^共额公]|老是|一到|平时|周末|那一?趟|常年|有时候|往往|从来不"
)
_NIGHT = (
    "夜里",
    "半夜",
    "夜间",
    "深夜",
    "大半夜",
    "夜",
    "午夜",
    "整夜",
    "一夜",
    "一宿",
    "晚上",
    "晚间",
    "晚",
    "一晚上",
)
_UNKNOWN = re.compile(
    r"不(?:太|大)?(?:清楚|知道|记得|确定|好说)|记不(?:清|得|住|起)|忘了|忘记|说不(?:清|准|好)|没(?:注意|留意|印象)|不详|随便|无所谓"
)
_ALWAYS = re.compile(
    r"一直(?:都|就|以来)?(?:这样|如此|有|是|这么|没)?|从来(?:都|就)|向来|老早|好久|很久|[很老挺好]长时间|长期"
    r"|(?:有|好)(?:些|段)?(?:日子|年头)了?|有一?段时间了|好些(?:天|年)"
)


@dataclass(frozen=True, slots=True)
class TimeAnswer:
    """What a citizen answered to "什么时候？".

    Attributes:
        occurred: The time, or None.
        unknown: They said that they do not know: it need not be asked again.
    """

    occurred: Occurred | None
    unknown: bool


@lru_cache(maxsize=READ_BEFORE)
def find_time(text: str, at: datetime, *, least: int = 1) -> Occurred | None:
    """The time at which the matter of ``text`` happened or happens.

    Args:
        text: What was said.
        at: When it was said, aware; relative words count from here.
        least: The weakest evidence that counts; 3 leaves out a mere 现在 or 晚上.

    Returns:
        The surest expression, the first of equals; None when no time is said. House, line and telephone numbers,
        ages, opening hours and what is yet to come are no times of a matter.
    """
    return _best(text, at, least=least, answer=False)


def answer_time(text: str, at: datetime) -> TimeAnswer:
    """Read ``text`` as the answer to the question when it happened: shorter forms count than in a message."""
    found = _best(text, at, least=1, answer=True)
    if found is not None:
        return TimeAnswer(found, unknown=False)
    always = _ALWAYS.search(text)
    if always:
        return TimeAnswer(_occurred(text, (*always.span(), since_about(None), 3)), unknown=False)
    return TimeAnswer(None, unknown=bool(_UNKNOWN.search(text)))


def _best(text: str, at: datetime, *, least: int, answer: bool) -> Occurred | None:
    local = in_city(at)
    masked = mask(text.translate(_SIMPLE))
    best: tuple[int, int, Value, int] | None = None
    named = beginnings_first(masked, without_visits(masked, list(_candidates(masked, local, answer=answer))))
    counted = [*durations(masked, local), *spoken_stretches(masked, local)]
    both = named_over_counted(named, counted, local.date())
    both = chosen_first(masked, without_mended(masked, repeats_roughly(masked, both)))
    found = sorted(without_asides(masked, both), key=lambda one: (-one[3], one[0], one[0] - one[1]))
    if found:
        best = found[0]
    if best is None or best[3] < least:
        return None
    occurred = _occurred(text, best)
    if is_beside(masked, best):
        occurred = replace(occurred, strength=ASIDE)
    if best[2].type in ("interval", "since") and re.match(r"连|这|一连|持续", occurred.text):
        nightly = next(
            (
                one
                for one in found
                if one[2].type == "recurring" and re.search(r"\d\d:\d\d", one[2].rule or "")
            ),
            None,
        )
        if nightly and best[2].start and len(best[2].start) == 10 and 0 <= nightly[0] - best[1] <= 4:
            occurred = replace(
                occurred, type="recurring", end=None, ongoing=True, precision="rule", rule=nightly[2].rule
            )
    return occurred


def _occurred(text: str, found: tuple[int, int, Value, int]) -> Occurred:
    start, end, value, strength = found
    return Occurred(
        text=text[start:end],
        span=(start, end),
        type=value.type,
        start=value.start,
        end=value.end,
        ongoing=value.ongoing,
        precision=value.precision,
        rule=value.rule,
        strength=strength,
    )


def _candidates(text: str, at: datetime, *, answer: bool) -> Iterator[tuple[int, int, Value, int]]:
    yield from calendar_spans(text, at.date())
    yield from again_spans(text)
    recurs = bool(_AGAIN.search(text))
    said = f"{text}左右" if answer and re.fullmatch(r"\D{0,4}点(?:钟|半)?", text) else text
    named = days_carried_on(text, list(points(said, at.date())))
    for point in told_together(text, named, at):
        yield from _point(text, point, at, recurs=recurs)
    for match in _NOW.finditer(text):
        yield *match.span(), now(at), 1


def _point(text: str, point: Point, at: datetime, *, recurs: bool) -> Iterator[tuple[int, int, Value, int]]:
    start, end = point.start, min(point.end, len(text))
    today = at.date()
    if point.day is not None:
        if point.day > today:
            return
        after = _SINCE_AFTER.match(text, end)
        before = _FROM.search(text[:start])
        if after and not before and after.group()[0] not in "到至开以起之":
            after = None  # 上周三报修到现在没来人: the day of the report, not a stretch
        # 今天凌晨开始盖 names when it was; 昨晚开始返水 says since when it lasts.
        lasts = after is not None and after.group().startswith(("开始", "起")) and point.day < today
        begins = point.since or (after is not None and (before is not None or lasts))
        if (after or before or begins) and ((point.hour is None and point.part is None) or begins):
            since = since_day(point.day)
            if point.hour is not None:
                since = since_moment(point.day, *clock_of(point, today, at.hour))
            yield before.start() if before else start, after.end() if after else end, since, 5
            return
        yield start, end, point_value(point, today, at.hour), 5
        return
    if point.hour is not None:
        if point.low_high is not None:
            low, high = point.low_high
            yield start, end, again(f"DAILY {clock(low)}-{clock(high, end=True)}"), 3
        elif recurs or point.part in _NIGHT:  # once at night people say 昨天夜里
            yield start, end, again(f"DAILY {clock(point.hour, point.minute)}"), 3
        else:
            yield start, end, point_value(point, today, at.hour), 3
        return
    if (
        point.part is None
        or point.part in _NIGHT
        or recurs
        or point.part in ("早", "晨", "晚", "夜", "放学")
        or point.part.endswith("高峰")
    ):
        return
    if PARTS[point.part][0] <= at.hour:
        yield start, end, point_value(point, today, at.hour), 2

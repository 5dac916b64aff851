"""The day of a relapse that is told from the repair before it: 前天下午修好的，晚上又停了 is the evening of that day."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from bot.understanding.time_mended import ANEW, MENDED
from bot.understanding.time_point import PARTS, Point

_NEXT = r"(?:第二天|转天|次日|隔天|翌日|第二日)"
_THAT = r"(?:当天|当日|那天|同一?天)"
_NEXT_DAY = re.compile(_NEXT)
_BEFORE = re.compile(rf"(?:(?P<next>{_NEXT})|(?P<that>{_THAT}|当))(?:的|就|一)?$")
_REACH = 8
"""So many characters may stand between the time of a relapse and its 又."""


def days_carried_on(text: str, found: Sequence[Point]) -> list[Point]:
    """``found`` with the day of the repair, or the one after it, given to the part of day at which it came again.

    Args:
        text: The masked text.
        found: The points of it, in order.
    """
    told = list(found)
    if ANEW.search(text) is None or MENDED.search(text) is None:
        return told
    for number, point in enumerate(found):
        if point.day is None or (over := MENDED.search(text, point.end)) is None:
            continue
        later = found[number + 1 :]
        if any(one.day is not None and one.start < over.start() for one in later):
            continue  # the repair has a day of its own
        following = next(iter(later), None)
        after = _NEXT_DAY.search(text, over.end())
        if following is not None and following.day is None and _comes_again(text, following.end):
            words = _BEFORE.search(text[: following.start])
            if not words and not _is_later(point, following):
                continue
            days = 1 if words and words["next"] else 0
            start = words.start() if words else following.start
            told[number + 1] = replace(following, start=start, day=point.day + timedelta(days))
        elif following is None and after is not None and _comes_again(text, after.end()):
            told.append(Point(after.start(), after.end(), point.day + timedelta(1), None, None, 0, None))
    return told


def _comes_again(text: str, end: int) -> bool:
    anew = ANEW.search(text, end)
    return (
        anew is not None
        and anew.start() - end <= _REACH
        and not re.search(r"[，,。；;]", text[end : anew.start()])
    )


def _is_later(repair: Point, relapse: Point) -> bool:
    """Whether the part of day at which it came again can be that of the same day as the repair."""
    if relapse.part is None or repair.part is None:
        return relapse.part is not None
    return PARTS[relapse.part][0] >= PARTS[repair.part][0] and relapse.part != repair.part

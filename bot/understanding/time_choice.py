"""The time that the citizen chose among several: 就按今天早上这回算, 以昨天那次为准, 就说这次的，昨晚."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.understanding.time_value import CHOSEN, Value

Found = tuple[int, int, Value, int]

# The ends of clauses, and the small words that may stand before them.
_EDGE = r"[，,。；;！!？?：:\s]"
_END = rf"(?:吧|呢|啊|呀|哈|就行了?|就好了?|好了|得了|了|的)*(?=$|{_EDGE})"
_LAST = rf"(?:吧|呢|啊|呀|哈|就行了?|就好了?|好了|得了|了|的)*{_EDGE}*(?:谢谢|麻烦|行|好|行吧)?{_EDGE}*$"
_THAT = r"(?:的?(?:那|这)一?[次回趟]|的?(?:那|这)[个天]|的?时间|的|为|起|来)*"
_WHICH = r"(?:这一?[次回]|那一?[次回]|最近[这的]?(?:一[次回])?|最后(?:这|那)?一?[次回]|最新(?:这|那)?一?[次回]|头一?[次回])"
_BY = re.compile(r"(?:按照?|以|照着?|拿)$")
_COUNTS = re.compile(rf"{_THAT}(?:算|为准|报|登记|记|写|填|来){_END}")
"""按昨天晚上那回报, 以昨天那次为准; not 按上个月的价算."""
_NOTED = re.compile(
    r"(?:就|只|还是|那|时间|日期|给我)(?:给我)?(?:算|记|写|填|登记|报|定)(?:成|作|为|在|是)?$|(?:记|写|填|登记|算)(?:成|作)$"
)
_NOTED_THERE = re.compile(rf"{_THAT}{_LAST}")
"""就记上周五吧, 时间写今天早上: nothing else behind it."""
_SPOKEN_OF = re.compile(r"(?:就|只|我|还是|那就)?(?:说|讲|算|报|选|要|指|问)(?:的?是|的就是)?$")
_SPOKEN_THERE = re.compile(rf"的?(?:那|这)一?[次回趟](?:的)?{_LAST}")
"""就说昨天那次; not 就说昨天吧，半夜还在打桩, which tells an example."""
_THIS_ONE = re.compile(
    rf"(?:(?:就|只)(?:说|报|算|登记|记)|按照?|以|照)(?P<which>{_WHICH})(?:的|算|为准|报|来说|来|登记|说)*(?:吧|了)?(?P<gap>{_EDGE}+(?:就是?|也就是|是)?)?"
)
"""就说这次的，昨晚: which one is said, and then when that was."""
_LAST_TIME = re.compile(r"上一?[次回]|前一?[次回]")
_THIS_TIME = re.compile(rf"这一?[次回](?:呢)?{_EDGE}?(?:就?是|在)?$")
"""上次是11月5号，这次是昨天: the matter is this one."""
_FROM = re.compile(r"(?:就|还是|那就)从$")
_RECKONED = re.compile(rf"(?:算起|算|起算){_LAST}")
_AROUND = ((_BY, _COUNTS), (_NOTED, _NOTED_THERE), (_SPOKEN_OF, _SPOKEN_THERE))
"""What stands before the time that is chosen, and behind it."""
_NEAR = 12
"""So many characters before a time can be about it."""


def chosen_first(text: str, found: Sequence[Found]) -> list[Found]:
    """``found`` with the time that the words choose the surest.

    Args:
        text: The masked text.
        found: All that was named, with strengths.
    """
    whose, before = _THIS_ONE.search(text), _LAST_TIME.search(text)
    return [
        (*one[:3], CHOSEN)
        if _is_chosen(text, one)
        or (whose and _is_of(text, one, whose))
        or (before and one[0] > before.start() and _THIS_TIME.search(text[max(0, one[0] - _NEAR) : one[0]]))
        else one
        for one in found
    ]


def _is_chosen(text: str, one: Found) -> bool:
    start, end = one[:2]
    before = text[max(0, start - _NEAR) : start]
    return any(left.search(before) and right.match(text, end) for left, right in _AROUND) or bool(
        _FROM.search(text[max(0, start - _NEAR) : start + 1]) and _RECKONED.match(text, end)
    )


def _is_of(text: str, one: Found, whose: re.Match[str]) -> bool:
    """Whether ``one`` tells when the chosen one was: behind the choice, or before it as 这次是昨晚."""
    if whose["gap"] and one[0] == whose.end():
        return True
    before = text[max(0, one[0] - _NEAR) : one[0]]
    return bool(re.search(rf"{re.escape(whose['which'])}(?:呢)?(?:就?是|在|{_EDGE})$", before))

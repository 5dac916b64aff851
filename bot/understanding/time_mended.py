"""What was mended in between is over: of 上周五坏的，周六修好了，今天早上又坏了 it is this morning that counts."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.understanding.time_value import SETTLES, Value

Found = tuple[int, int, Value, int]

_EDGE = r"[，,。；;！!？?：:\s]"
MENDED = re.compile(
    rf"(?<![没未不再要会])(?:修|弄|换)(?:好|完|上)(?=$|{_EDGE}|又|没[一两几半])"
    r"|(?<![没未不再说要会])(?:修|弄|整|搞|处理|解决|疏通|清理?|治理|整改|抢修|维修|恢复|拆除?|撤|清走|拉走|搬走|抓走|赶走|关停)(?:好|完|通|干净|正常)?(?:了|过|的)"
    r"|报修过|(?<![没未不])(?:修|弄|换|补|通|堵|接|装)(?:好|上|住)(?:了|过|的)|(?:换|补|通)过|(?<=刚)(?:补|换|修|清|通)的"
    r"|(?<![报催问找说打查])[一-龥]过(?:电话|警)?(?:[一两三几]|好几)?[次回阵](?!电话)"
    r"|(?:来|有|通)(?:水|电|气|暖气?|热水)了|(?:来|通)的(?:水|电|气|暖气?)|消停了?|好了(?=[一两三几好半]+(?:天|周|个|阵))|停了(?=[^。；;！!？?]{0,12}又开始)|(?:刷|铲|清|拆|撕|擦|撤|移|砍)掉|停了[一两三几]天|没事了|正常了"
    rf"|(?:^|后来|然后|{_EDGE})(?:后来|然后|就|一会儿|当天|第二天)?(?:就|又)?(?:来|好|亮|热|通|恢复|不[漏响吵臭堵闹])了(?=$|{_EDGE}|[一两三几没])"
)
"""Words after which a trouble is gone: 修好了, 停过一次, 来水了, 消停了几天."""
_NEVER = re.compile(
    r"(?:没|没有|没能|从没|都没|不)(?:给|人|人来|真)?(?:修|弄|整|解决|处理|治|通)(?:好|完|利索)?"
)
"""Nothing was mended: 没修好, 修不好."""
ANEW = re.compile(
    r"(?:又(?:开始|给)?|再次|再度|重新|复又)(?!了?(?:给|跟|向|找|去|来(?:人|修|看|催|收|查|要|问|拖)|报|反映|投诉|催|打(?:了?[一两几]?[遍次个]?电话|12345)|问|说|推|拖|让|叫|要|通知|发|联系|没(?:修|来人|人|管|解决|回|接|办)|不(?:管|来|给|让|认|接|承认)|修|换|等|交|补材料))"
)
"""It came again: 又坏了; not 又催了一遍, 又来修."""
_COUNT = re.compile(r"[\d一二两俩三四五六七八九十半几好多]+(?:来)?(?:天|宿|周|年|个)")
"""才一个星期又漏了 tells how long the repair held, not when it came again."""
_FILLER = re.compile(r"(?:就|是|在|大概|也|应该|好像|吧|呢|啊|的|了|事儿?|那天)*")
_LEAST = 2


def without_mended(text: str, found: Sequence[Found]) -> list[Found]:
    """``found`` with the times before a repair weaker than the one at which it came again.

    Args:
        text: The masked text.
        found: All that was named, with strengths.
    """
    anew = list(ANEW.finditer(text))
    mended = MENDED.search(text) if anew else None
    if mended is None or _NEVER.search(text):
        return list(found)
    for again in reversed(anew):
        if again.start() < mended.end():
            break
        came = _came_again(text, again.start(), found)
        if came is not None and came[0] >= mended.start():
            return [_weighed(one, came) for one in found]
    return list(found)


def _came_again(text: str, at: int, found: Sequence[Found]) -> Found | None:
    """The time of the clause in which it came again, or of the next or last one that is only a time."""
    first, last = _clause(text, at)
    named = [
        one
        for one in found
        if one[3] >= _LEAST and one[2].type != "recurring" and not _COUNT.match(text, one[0])
    ]
    inside = [one for one in named if first <= one[0] and one[1] <= last]
    after, before = _clause(text, last + 1), _clause(text, first - 2)
    beside = [
        one
        for one in named
        for low, high in (after, before)
        if low <= one[0] and one[1] <= high and _FILLER.fullmatch(text[low : one[0]] + text[one[1] : high])
    ]
    return max(inside or beside, key=lambda one: (one[3], -one[0]), default=None)


def _weighed(one: Found, came: Found) -> Found:
    """``one`` made surer where it is the time that came again, weaker where it was before that."""
    if one is came:
        return (*one[:3], SETTLES)
    return (*one[:3], min(one[3], came[3] - 1)) if one[0] < came[0] else one


def _clause(text: str, at: int) -> tuple[int, int]:
    """Where the clause around ``at`` begins and ends."""
    if not 0 <= at < len(text):
        return -1, -1
    before = [edge.end() for edge in re.finditer(_EDGE, text[:at])]
    after = re.compile(_EDGE).search(text, at)
    return (before[-1] if before else 0), (after.start() if after else len(text))

"""Times of something beside the matter: a fall it led to, a quarrel, a call, a visit, a repair."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.understanding.time_value import SETTLES, Value

Found = tuple[int, int, Value, int]

_EDGE = r"，,。；;！!？?：:"
_IN = rf"[^{_EDGE}]"
"""What stands within a clause; people who speak without pauses are read with a space as part of it."""
_KIN = (
    r"(?:妈|爸|爹|老娘|母亲|父亲|老伴儿?|爱人|媳妇儿?|老婆|老公|对象|闺女|女儿|儿子|孩子|孙子|孙女儿?|奶奶|爷爷|姥姥|姥爷|婆婆|公公|丈母娘|岳母"
    r"|老人家?|老头儿?|老太太|老大爷|大爷|大妈|邻居|街坊|同事|朋友)"
)
_GAP = rf"[^{_EDGE}坏停漏断堵裂塌丢偷冒臭灭涨炸]"
"""The same without a trouble: of 昨天停水给物业打电话 the day is that of the matter."""
_FALLS = (
    rf"{_GAP}{{0,10}}?(?:(?:差点儿?|险些|差一点儿?){_IN}{{0,4}}?(?:摔|绊|滑|崴|磕|跌|掉|栽|撞|砸|碰|出事)"
    r"|摔(?!东西|盆|碗|杯|门|打|[了着](?:东西|盆|碗|杯))|绊(?:了|倒|着|一)|滑(?:倒|了一)|崴(?:了|着|脚)|磕(?:了|着|破)|跌(?:倒|了|一)|栽(?:了|倒|个))"
)
"""昨天我妈差点摔着, 前天我绊了一跤."""
_TELLS = (
    rf"[^{_EDGE}]{{0,4}}?{_KIN}(?:们)?(?:还|就|都|也|才)?(?:(?:给|跟|对|和)我)?(?:还|就|都)?"
    r"(?:说(?:我|起|了|过|呢|的|让我|叫我)|告诉|念叨|唠叨|埋怨|数落|提醒|劝|问我)"
    rf"|{_GAP}{{0,4}}?听{_IN}{{0,5}}?说"
)
"""昨天我老伴儿还说我呢, 昨天听邻居说."""
_WITH = r"(?:他|她|物业|人家|他们|邻居|对方|楼上|老板|保安)"
_QUARRELS = (
    rf"{_GAP}{{0,3}}?(?:我们?|俺们?|咱们?){_GAP}{{0,3}}?[跟和与找]{_GAP}{{1,8}}?(?:吵|理论|掰扯|争|红脸|闹(?:了|起|翻))"
    rf"|(?:还)?[跟和与]{_WITH}{_GAP}{{0,3}}?(?:吵|理论|掰扯|争|闹)"
)
"""昨天跟物业吵了一架."""
_BESIDE = re.compile(rf"(?:{_FALLS}|{_TELLS}|{_QUARRELS})")
_REPORTS = (
    rf"{_GAP}{{0,8}}?(?:打(?:了|过|的|完|来|去)?{_IN}{{0,4}}?(?:电话|12345|12369|110|119|120)|报(?:了|过)?(?:修|警)|报的修"
    r"|反映(?:过|了|的)|投诉(?:过|了|的)?|举报(?:过|了|的)?|催(?:了|过)|通知|发的?公告|去(?:问|找|反映|投诉|说)|找(?:了|过)(?:物业|居委|社区|他们)"
    r"|(?:送|拉|带.{1,4}去|去)(?:了|的|到)?医院|住院)"
)
"""昨天打过电话, 上周三我去反映过."""
_VISITS = (
    rf"(?:的时候|那天)?{_GAP}{{0,5}}?(?:来(?:了|过)?(?:个|几个|俩)?(?:人|师傅)|来看|来修|来查|来过|来收|上门)"
)
_OVER = rf"{_GAP}{{0,4}}?(?:才|刚|就|都|给)?(?:修好|弄好|恢复|来的?(?:水|气|暖气)|来的电|来电了|通的?(?:水|电|气)|好了)"
_STILL = r"(?:水|电|气|暖气|路?灯|电梯|家里|我们?家?|俺们?家?)?(?:就|都)?(?:还|仍|依然)(?:没|不|是|在(?![打砸施吵唱跳响放干钻装闹营排烧叫倒喝盖挖卸]))"
_HOME = rf"{_GAP}{{0,4}}?(?:下班|放学|上班)?(?<!刚)(?:回(?:来|家)|下班|放学|出门|遛弯)"
_TALK = re.compile(rf"(?:{_REPORTS}|{_VISITS}|{_OVER}|{_STILL}|{_HOME})")
"""What was done about the matter, or tells that it is as it was: 昨天社区来人看了, 昨天才来的水, 今天还没修好."""
_SEEN = re.compile(
    rf"{_IN}{{0,14}}?(?:发现|看见|看到|一看|瞅见|瞧见|撞见|碰见|碰上|听见|闻见|闻到|赶上|开始|起就|(?:坏|停|漏|断|堵|丢|塌)的(?!时候|事))"
)
"""The matter itself was met with: 上周四下班发现的."""
_AGAIN = re.compile(rf"{_IN}{{0,3}}?又(?!催|打(?:了|电话)|报|反映|投诉|去|来|说|问|找)")
_WHO = re.compile(rf"(?:我们?|俺们?|咱们?)?(?:{_KIN}|我|俺|听说?)$")
"""Who is spoken of right before the time: 我妈昨天, 邻居前天."""
_LIVED = re.compile(r"(?:住了?|搬来|搬过来|退休|教了|干了|嫁过来)(?:都|有|也|快|小|得有)*$")
"""How long somebody lives here: 俺家搁这儿住了都六年了."""
_UNTIL = re.compile(r"(?:直到|截止|拖到|到)$")
_NOT_YET = re.compile(r"(?:也|都|还|就|愣是|[，, ])*(?:没|不)")
"""每月十五号发的，到今儿也没见着: till when is not since when."""
_NEAR = 6
_REACH = 16
"""So many characters before a time, and behind it, tell what it is of."""
_LEAST = 3


def without_asides(text: str, found: Sequence[Found]) -> list[Found]:
    """``found`` with the times of falls, quarrels and talk the weakest where another tells of the matter.

    Args:
        text: The masked text.
        found: All that was named, with strengths.
    """
    asides = [one for one in found if _is_aside(text, one)]
    if not asides:
        return list(found)
    others = any(
        one[3] >= _LEAST
        and one[2].start is not None
        and not is_beside(text, one)
        and all(one[1] <= aside[0] or aside[1] <= one[0] for aside in asides)
        for one in found
    )
    if not others:
        return list(found)
    return [(*one[:3], 1) if one in asides else one for one in found]


def is_beside(text: str, one: Found) -> bool:
    """Whether a time is that of something beside the matter; what lasts since then or comes again is the matter."""
    if _lived(text, one):
        return True
    if not _can_be(text, one) or _AGAIN.match(text, one[1]):
        return False
    return _is_aside(text, one) or bool(_TALK.match(text, one[1]))


def _lived(text: str, one: Found) -> bool:
    return _LIVED.search(text[max(0, one[0] - _NEAR) : one[0]]) is not None


def _can_be(text: str, one: Found) -> bool:
    if one[2].precision == "now":
        return False
    return (
        one[3] < SETTLES and one[2].type in ("date", "instant", "interval") and not _SEEN.match(text, one[1])
    )


def _is_aside(text: str, one: Found) -> bool:
    if _lived(text, one):
        return True
    if not _can_be(text, one):
        return False
    start, end = one[:2]
    if _BESIDE.match(text, end) or (
        _UNTIL.search(text[max(0, start - 2) : start]) and _NOT_YET.match(text, end)
    ):
        return True
    said = _WHO.search(text[max(0, start - _NEAR) : start])
    return said is not None and bool(_BESIDE.match(said.group() + text[end : end + _REACH]))

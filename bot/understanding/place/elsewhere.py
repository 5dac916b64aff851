"""Places outside the city, and where somebody only is or comes from: 我在上海被骗了 and 我闺女在上海."""

from __future__ import annotations

import re

from bot.understanding.gazetteer import Gazetteer, Kind
from bot.understanding.normalise import Normalised
from bot.understanding.place import grammar
from bot.understanding.place.known import Names
from bot.understanding.place.model import Place

_BEFORE = 20
_OURS: frozenset[Kind] = frozenset({"district", "district_stem", "street", "area", "landmark", "road"})
# An estate or a hotel that is named after another city: 丽水嘉园.
_NAMED_AFTER = re.compile(rf"(?:{grammar._ESTATE_TAILS}|家园|花园|小区|公寓|苑|大厦|宾馆|饭店)")
_STATED = re.compile(r"(?:在|住|老家|我家|我是|我们是|地址是?|^|[,，。])(?:在|是)?$")
_OF_THERE = re.compile(r"人|户口|户籍|过来|来的|牌照|车牌|的?司机|口音|菜|面馆|话")
_FINER = re.compile(
    r"(?:[一-龥]{1,6}?(?:市|区|县|镇|乡|街道|路|街|村|小区|花园|家园|城)){0,4}(?:\d+(?:号楼|号院|号|栋|单元|室))*"
)
_REGISTERED = re.compile(
    r"(?:户口本?|户籍|籍贯|学籍|社保|驾照|车牌|档案|原籍|总部|总公司|母公司|总店|注册地?|发货地|产地|厂家|快递|包裹|货)(?:地址|地)?(?:(?:就|都|也|还|现|落|是|放|从)*(?:是|在))?$"
)
"""What may be anywhere while the matter is here: 户口在天津, 公司总部在上海."""
_HOME = re.compile(r"老家(?:就|都|也|还)?(?:是|在)?$")
_AT_HOME = re.compile(r"村|镇上|那边|家里|地里|宅基|房子|老房|修路|路")
_SOMEBODY = re.compile(
    r"(?:闺女|女儿|儿子|孩子|娃|老公|老婆|爱人|丈夫|妻子|媳妇|对象|老伴|父母|爸|妈|父亲|母亲|爷爷|奶奶|姥姥|姥爷|[哥姐弟妹叔姑姨舅]|孙子|孙女|外孙|家人|家属|亲戚|朋友|同学|同事|房东|业主|户主|老板|卖家|商家|店家|客服)"
    r"(?:们|俩|家|本人|人|现在|目前|一直|常年|平时|都|也|还|又|早就|远)*(?:住在|住|在|跑到|搬到|去了?|回了?|到了?)$"
)
"""Somebody else than who calls: 我闺女在."""
_SELF_AWAY = re.compile(
    r"(?:我|俺|咱|人)(?:们|人|本人|现在|目前|这两天|这几天|最近|一直|都|也|还|正)*(?:在|到|去了?)$"
)
_DOES_THERE = re.compile(
    r"(?:那边|那儿|这边|市)?(?:上班|工作|打工|上学|念书|读书|读大学|上大学|读研|当兵|服役|做生意|开店|生活|定居|安家|成家|养老|带孩子|住院|出差|旅游|玩儿?|陪读)"
)
_AWAY = re.compile(r"(?:那边|那儿|这边|市)?(?:出差|旅游|玩|过年|过节|探亲|培训|开会)")
_ONLY_THERE = re.compile(
    r"(?:那边|那儿|市)?(?:住着?|呢|的|那么远|离得远|不在北京|不在身边|[赶回过]不[来去]\w{0,2})*(?:[,，。;；!！?？\s]|$)"
)


def only_registered(text: str, start: int, end: int, *, outside: bool = False) -> bool:
    """Whether the place at ``text[start:end]`` is only where somebody comes from or something is registered: 户口在天津."""
    before = text[max(0, start - _BEFORE) : start]
    home = _HOME.search(before) is not None and not (outside and _AT_HOME.search(text, end))
    return home or _REGISTERED.search(before) is not None


def only_somebody(text: str, start: int, end: int, *, outside: bool = False) -> bool:
    """Whether the place at ``text[start:end]`` tells only where somebody lives or works.

    Outside the city it is enough that somebody else is there; in it what they do there must be said, for the parents'
    flat may well be the place of the matter: 我妈住望京西园三区.
    """
    before = text[max(0, start - _BEFORE) : start]
    if _SOMEBODY.search(before):
        there = _DOES_THERE.match(text, end) is not None
        return there or (outside and _ONLY_THERE.match(text, end) is not None)
    return _SELF_AWAY.search(before) is not None and _AWAY.match(text, end) is not None


def _is_away(text: str, start: int, end: int) -> bool:
    return only_registered(text, start, end, outside=True) or only_somebody(text, start, end, outside=True)


def tells_of_somebody(text: str, gazetteer: Gazetteer) -> bool:
    """Whether ``text`` names a place outside the city only as where somebody is."""
    return any(
        _is_away(text, hit.start, hit.end)
        for hit in gazetteer.find(text)
        if any(entry.kind == "elsewhere" for entry in hit.entries)
    )


def find_elsewhere(said: Normalised, names: Names) -> Place | None:
    """A place outside the city, when the words say that the matter is there."""
    text = said.text
    for position in sorted(names.hits):
        hit = names.known(position, frozenset({"elsewhere"}))
        if hit is None or names.known(position, _OURS) or _NAMED_AFTER.match(text, hit.end):
            continue
        if not _STATED.search(text[:position]) or _OF_THERE.match(text, hit.end):
            continue
        end = hit.end
        while following := names.known(end, frozenset({"elsewhere"})):
            end = following.end
        if _is_away(text, position, end):
            continue
        finer = _FINER.match(text, end)
        end = finer.end() if finer else end
        return Place(
            text=said.quote(position, end),
            span=said.original_span(position, end),
            precision="specific",
            elsewhere=True,
        )
    return None

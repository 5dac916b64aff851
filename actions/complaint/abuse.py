"""Words of abuse: which are meant for the bot or the hotline, and a matter told without them."""

from __future__ import annotations

import re

_FOUL = r"王八蛋|王八羔子|混蛋|狗东西|兔崽子|龟孙子?|狗日的|杂种|人渣|傻[逼比Xx叉缺]|脑残|蠢货|蠢猪"
_NAMES = rf"{_FOUL}|白痴|弱智|智障|废物|神经病|蠢"
_AT_US = (
    rf"你们?(?:这|就是|是|一|些|帮|群|个)*(?:破|垃圾|狗屁|{_NAMES})+的?(?:机器人?|程序|系统|客服|热线|12345|玩意儿?|东西|平台)"
    rf"|(?:{_FOUL}|白痴|弱智|智障)+的?(?:机器人|客服|程序|12345)"
)
_CURSES = re.compile(
    r"(?:(?<=你们)|(?<=[真太都]))他妈的?|(?:(?<=[，。！？,!?\s])|(?<=^))他妈的(?=又|还|都|怎么|什么|你们|这|那|破|全|净|真)"
    r"|妈了个?[逼蛋]的?|我[操艹靠](?![一-龥])|卧槽|(?i:tmd)|狗屁(?!股)"
)
"""Curses that are nothing else: 他妈住院 is his mother, and 我妈逼我 a constraint."""
_THAT_LOT = re.compile(rf"(?P<who>[那这][帮群些伙个]|一[帮群伙])(?:{_FOUL}|(?<=[帮群伙])孙子(?!女|辈))")
_VOCATIVE = re.compile(rf"{_AT_US}|你们?(?:这?[帮群些个]|[就都全真]?是|都)*(?:一[帮群])?(?:{_NAMES})|{_FOUL}")
_ALONE = re.compile(
    rf"[，。！？；,!?;\s]*(?:[那这][帮群些伙个]|一[帮群伙]|真是|真|都是)?(?:{_NAMES})[啊吧了]?[，。！？；,!?;\s]*"
)
_NOBODY = re.compile(r"[，。！？；,!?;\s]*(?:[那这][帮群些伙个]|一[帮群伙])人[，。！？；,!?;\s]*")
_CLAUSE = re.compile(r"(?<=[，。！？；,!?;])|(?<=\s)")
_ONLY_TALK = re.compile(
    r"你们?(?:这|的|就|是|12345|热线|平台)*(?:一?[帮群]人?|就是|吃干饭的?|摆设|什么用|有用)+|懂不懂|听(?:明白|懂|见)没|别(?:绕弯子?|废话|磨叽|啰嗦)了?|问{2,}|知道问|脑子有|有病"
)
_GRUMBLE = re.compile(
    r"(?:(?:呵呵|哼|切|唉|哎|得|反正|我看|估计|说白了|算是|真是|就是)*"
    r"(?:(?:报|说|打|投诉|反映|登记|问|讲)了?(?:也|都|还)是?(?:白(?:报|说|打|搭|费|投诉|反映|问)|没(?:什么|啥)?用)"
    r"|你们(?:也)?(?:就会|只会|就知道|只知道|就是|都是|都|全|也就|天天)(?:踢皮球|推来推去|推脱|推诿|糊弄人?|敷衍人?|应付人?|吃干饭|耍嘴皮子|打官腔)的?"
    r"|(?:你们)?没一个(?:好东西|好人|好货|管用|顶用|靠谱)的?|等于没说|[这那](?:帮|群|些|伙|一帮)(?:孙子|家伙|人|东西|玩意儿?)?(?:真|太|可真|都|可)*是?(?:缺德|不是个?(?:东西|人|玩意儿?)|没良心|不要脸|气人|可恶|可恨|欺负人|不像话)|(?:你们?)?(?:废话|屁话|话|问题|事儿?)(?:真|太|怎么(?:这么|那么)|这么)(?:多|密)|(?:真|太)(?:啰嗦|磨叽|墨迹)|浪费我?的?时间|一个鼻孔出气|官官相护)[了的吧啊呗]*|呵呵|哼|切)"
)
"""A clause that only doubts the hotline: 反正报了也白报, 你们就会踢皮球."""
_QUOTES = re.compile(r"骂|说我|叫我|喊我")
_HAN = re.compile(r"[一-龥\d]")
LEAST = 2
"""Characters beside abuse from which a clause says something."""


def abuses(text: str) -> bool:
    """Whether ``text`` has a word of abuse for the bot, the hotline or anybody."""
    return any(pattern.search(text) for pattern in (_VOCATIVE, _CURSES, _THAT_LOT)) or any(
        _ALONE.fullmatch(clause) for clause in _CLAUSE.split(text) if clause.strip()
    )


def grumbles(text: str) -> bool:
    """Whether ``text`` only doubts the hotline and tells nothing: 呵呵，反正报了也白报，没一个好东西."""
    clauses = [_bare(clause) for clause in _CLAUSE.split(text)]
    return any(clauses) and all(_GRUMBLE.fullmatch(clause) for clause in clauses if clause)


def _bare(clause: str) -> str:
    return clause.strip("，。！？；,!?; …~")


def without_abuse(text: str) -> str:
    """``text`` as a case may carry it: curses out, clauses that only scold the bot out, 那帮王八蛋 as 那帮人.

    What others called the citizen stays ("保安骂我傻逼"): that is the matter. The message itself is kept as it was typed.
    """
    if not (
        abuses(text) or any(_GRUMBLE.fullmatch(_bare(clause)) for clause in _CLAUSE.split(text) if clause)
    ):
        return text
    kept = []
    for clause in _CLAUSE.split(text):
        if clause and _GRUMBLE.fullmatch(_bare(clause)):
            continue
        if not clause or _QUOTES.search(clause) or not abuses(clause):
            kept.append(clause)
            continue
        if _ALONE.fullmatch(clause):
            continue
        clean = _VOCATIVE.sub("", _THAT_LOT.sub(r"\g<who>人", _CURSES.sub("", clause)))
        clean = _ONLY_TALK.sub("", clean)
        if not (_ALONE.fullmatch(clean) or _NOBODY.fullmatch(clean)) and len(_HAN.findall(clean)) >= LEAST:
            kept.append(clean)
    return "".join(kept).strip("，,；; ") or text

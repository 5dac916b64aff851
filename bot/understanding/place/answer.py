"""Read the answer to "在哪里？"."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import replace

from bot.understanding.normalise import Normalised, normalise
from bot.understanding.place import grammar
from bot.understanding.place.finder import find_heard
from bot.understanding.place.matters import tells_matter
from bot.understanding.place.merging import merge_places
from bot.understanding.place.model import Place
from bot.understanding.place.spoken import smooth
from bot.understanding.place.unlisted import ANY_TIME, is_name
from bot.understanding.time import find_time

_LEAD = re.compile(
    r"^(?:(?:嗯+|哦+|噢|啊|呃|额|那个|你好|您好|好像就?叫|好的?|对(?![门面过])|就是说?|应该是?|大概是?|可能是?|具体是?|准确的?是?|说的是|我说的是|补充一下|更正一下|我们?(?:这|这儿|这边|那)?(?:就)?是(?=[\d一二三四五六七八九十]+[号栋单排]))[,，、。\s]*)*"
    r"(?:(?:详细|具体)?(?:地址|地点|位置)(?:就)?(?:是|在|为|:|：)?[在是]?|(?:我家?就?|我们家?就?|我爸妈|他家|她家)?(?:是)?(?:住的是|住在?)|就是在|就在|是在|就是|在|是|叫做?|就(?=[一-龥]{3})(?![我咱俺这那附旁对楼小村家大路])|事发地|发生在)?[:：,，\s]*"
)
_TRAIL = re.compile(
    r"[\s,，。.!！~～]*(?:快点儿?|麻烦(?:你们?|您)?(?:了|啦)?(?:快点)?|谢谢(?:你们?|您|啊)?|多谢|拜托(?:了|你们)?|辛苦(?:了)?|这里|这儿|这边|啊|呀|吧|呢|呗|哈|嘛|哦|的)*[\s,，。.!！~～]*$"
)
_CORRECTION = re.compile(
    r"(?:不是|不在|不对|错了|说错了|写错了)[^,，。;；]{0,20}[,，。;；\s]*(?:而?是|应该是?|改成|改为|换成|我?在)(?:在)?(?P<right>.+)$"
)
_NO_PLACE = re.compile(
    r"不知道|不清楚|不想|不方便|不告诉|说不|记不|忘了|随便|没有|为什么|什么|怎么|干嘛|谁|多少|几点|吗|？|\?|取消|算了|重新|人工|投诉|谢谢|再见|你好|您好|"
    r"你们|能不能|广场舞|噪[音声]|扰民|群里|骗|(?:邻居|老师|大姐|大哥|主任|书记|两口|司机|老板)$|[难好]受|憋屈|[门楼]牌号?$|微信|淘宝|直播|网[上店购]|快[点些]|赶[紧快]|刚才|已经|昨天|今天|前天|上周|早上|晚上|下午|中午|匿名|保密|电话|手机|烦死|废话|等等|稍等|可以|不行|确认|没错|哪里|哪儿|知道|说过|滚|机器人"
)
_BARE = re.compile(
    r"^(?:是|对|嗯|好|行|不|没|有|否|不是|是的|对的|好的|一样|同上|都|全部|哈+|呵+|啊+|1|2|3)+$"
)
_PLACE_WORD = re.compile(
    rf"(?<![\d一二三四五六七八九十两几半])点|[楼院层室村路街巷里区苑园店站口门场厂校桥边旁面侧角家库铺厅]|附近|对[面过]|那边|一带|{grammar._NUMBER}(?:号|栋|幢|单元|层|排)|[东南西北]"
)
_TELLS = r"[了吗呢被把有没坏漏吵响堵停冒打买卖着偷扔倒]|往(?![东南西北前后左右里])"
_TAIL_STOPS = re.compile(rf"[,，。!！?？;；\s]|{_NO_PLACE.pattern}|{_TELLS}")
_NO_PIECE = re.compile(rf"一个门|{_NO_PLACE.pattern}|{_TELLS}|\d{{7}}|[零幺]{{3}}")
_WHICH_HOUSE = re.compile(r"[几哪]个?号?(?:楼|栋|幢)")
_BLANK = re.compile(r"好像|像是|应该|可能|尾号|车牌")
_ROOM = re.compile(rf"{grammar._ROOM}室?")
_LAST = 4
_THING = re.compile(
    rf"(?:{_PLACE_WORD.pattern}|[桶杆材带棚箱柜栏树井坑洞牌桩亭墙沟池摊车灯椅凳梯管线地厕道房馆吧舍壁岸市间办所处堂]|[训术乐蹈]班)(?:那儿?|这儿?|[里上下内外前后边头面处])?$"
)
"""What a bare answer ends in when it tells where: 门口那棵树, 路边垃圾桶; 路面塌陷 and 家庭矛盾 tell what."""
_TOLD = re.compile(r"[偷倒扔]|路灯(?![杆下旁边柱])|一直|老是|总是|天天|每天|往(?![东南西北前后左右里])")
"""What a bare answer with a word like 沟 or 里 tells of instead: 夜里偷着往河沟里倒废水."""
_CLAUSES = re.compile(r"[^,，。!！?？;；\s]+")
_ALSO = re.compile(r"^(?:就是|就在|就|在|是|那个(?=[\u4e00-\u9fff]{2}))+")
_ABOUT_TIME = re.compile(
    r"(?:从|打|自|就|是|都|得|有|大概|大约|差不多|可能|好像|应该|[左前]右|后|的事儿?|的时候|发现|发生|开始|起|出现|看见|听见|注意到|到|现在|至今|一直|这样|[了的吧啊呢呀哈嘛,，。、\s])*"
)
_MOST_TIMES = 8
"""Times one answer tells; who sends a thousand numbers is not read to the end."""
_LONGEST_TAIL = 10
_LONGEST_BARE = 20
_NAMELESS = re.compile(
    r"就?离?(?:我|咱|俺|这|那|附近|旁边|对[面门过]|楼[上下道]|小区|村里|家|(?:大院|院子?|公园|学校|市场|楼)?[东西南北]{0,2}[正前后侧大]?(?:门口|门(?=[外那,，。]|$)|路口|桥头))"
)


def answer_place(text: str) -> Place | None:
    """The place in an answer to the question where; None when the answer names none ("不知道", "你好").

    In an answer nearly all of a short utterance is the place, so shapes count that a free text would not trust:
    ``3号院``, ``就我家楼下``, ``北京南站旁边的麦当劳``.
    """
    said = _core(smooth(normalise(text)))
    if not said.text or _only_time(said.text):
        return None
    found = find_heard(said, asked=True)
    if found is not None and (found.text is None or found.elsewhere):
        return found
    if found is not None and found.precision == "vague" and found.district is None:
        found = None
    if found is not None and found.text is not None:
        if not found.district and _in_pieces(said, found) and (whole := _bare(said)) is not None:
            return whole
        return _with_pieces(_with_tail(found, said), said)
    return _bare(said)


def _in_pieces(said: Normalised, found: Place) -> bool:
    """Whether an unlisted name is only a piece of words told with short breaks: 裕曦路 跟 双裕街 那个路口."""
    words = said.text
    return (
        " " in words
        and not re.search("[，,。]", words)
        and len(found.text or "") < len(words)
        and find_heard(said) is None
    )


def _with_pieces(found: Place, said: Normalised) -> Place:
    """Add what the clauses behind a place tell of it: 丰台马家堡 角门东里二区门口; 劲松 劲松中街 地铁口那儿."""
    end = bisect_left(said.offsets, found.span[1])
    for clause in _CLAUSES.finditer(said.text, end):
        start = clause.start() + (lead.end() if (lead := _ALSO.match(clause.group())) else 0)
        words = said.text[start : clause.end()]
        if grammar.NAMED_SO.fullmatch(words):
            continue
        if (
            _ROOM.fullmatch(words)
            and found.point
            and found.point.endswith(("元", "楼", "层", "门", "栋", "座"))
        ):
            span = (found.span[0], said.original_span(start, clause.end())[1])
            found = replace(found, text=f"{found.text}{words}", point=f"{found.point}{words}", span=span)
            continue
        said_so = _PLACE_WORD.search(words) or clause.group().startswith(("那个", "那家"))
        unlisted = not found.community and is_name(words)
        said_so = said_so or unlisted
        if len(words) > _LONGEST_BARE or _NO_PIECE.search(words) or not said_so:
            continue
        if find_time(words, ANY_TIME) is not None and not grammar.NUMBERED.match(words):
            continue
        part = Normalised(words, said.original, said.offsets[start : clause.end() + 1])
        piece = find_heard(part, asked=unlisted)
        piece = _with_tail(piece, part) if piece is not None and piece.text is not None else _bare(part)
        if piece is None or piece.elsewhere or (piece.district and piece.district != found.district):
            continue
        if piece.street and found.street and piece.street != found.street:
            continue  # 樊家村 甲5号 晓月苑旁边: only beside what lies elsewhere
        merged = merge_places(found, piece)
        assert merged is not None  # noqa: S101 - both are there
        found = replace(merged, span=(found.span[0], max(found.span[1], piece.span[1])))
    return found


def _only_time(words: str) -> bool:
    """Whether nothing but times is left: 从8月20号喊到现在, 上周六开始的. A bare 15号 may be a house."""
    if grammar.NUMBERED.fullmatch(words):
        return False
    rest = words
    for _ in range(_MOST_TIMES):
        if (found := find_time(rest, ANY_TIME)) is None:
            break
        rest = rest[: found.span[0]] + rest[found.span[1] :]
    return rest != words and _ABOUT_TIME.fullmatch(rest) is not None


def _core(said: Normalised) -> Normalised:
    """The answer without what surrounds it; of "不是3号楼，是5号楼" the right part."""
    start, end = 0, len(said.text)
    if correction := _CORRECTION.search(said.text):
        start = correction.start("right")
    if lead := _LEAD.match(said.text[start:end]):
        start += lead.end()
    rest = said.text[start:end]
    if trail := _TRAIL.search(rest):
        end = start + trail.start()
    return Normalised(said.text[start:end], said.original, said.offsets[start : end + 1])


def _with_tail(found: Place, said: Normalised) -> Place:
    """Add the few words behind a place that belong to it: the answer is about nothing else."""
    start = bisect_left(said.offsets, found.span[0])
    end = bisect_left(said.offsets, found.span[1])
    tail = said.text[end:]
    if not tail or len(tail) > _LONGEST_TAIL or grammar.NAMED_SO.fullmatch(tail) or _TAIL_STOPS.search(tail):
        return found
    if _TOLD.search(tail) or _tells_what(tail):
        return found
    stop = len(said.text)
    point = f"{found.point or ''}{tail}".lstrip("的儿") or None
    precision = "specific" if found.precision == "area" else found.precision
    return replace(
        found,
        text=said.quote(start, stop),
        span=said.original_span(start, stop),
        point=point,
        precision=precision,
    )


def _tells_what(words: str) -> bool:
    """Whether words tell what happened rather than where: 路面塌陷; 路边垃圾桶 tells where."""
    return tells_matter(words[-_LAST:]) and ("了" in words or not _THING.search(words))


def _bare(said: Normalised) -> Place | None:
    words = said.text
    if _ROOM.fullmatch(words) and _WHICH_HOUSE.search(said.original):
        return Place(text=words, span=said.original_span(0, len(words)), point=words, precision="specific")
    if (
        len(words) > _LONGEST_BARE
        or _NO_PLACE.search(words)
        or _BARE.match(words)
        or not _PLACE_WORD.search(words)
        or _TOLD.search(words)
        or _BLANK.search(words)
        or _tells_what(words)
    ):
        return None
    if re.search(r"\d{7}", words):
        return None
    end = len(words)
    numbered = grammar.NUMBERED.match(words)
    vague = bool(_NAMELESS.match(words)) and not numbered
    return Place(
        text=said.quote(0, end),
        span=said.original_span(0, end),
        point=words,
        precision="vague" if vague or re.search(r"附近|那边|一带|某", words) else "specific",
    )

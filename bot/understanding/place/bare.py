"""An answer to "where?" without any name: 3号院, 就我家楼下, 门口那棵树; and which words are no place at all."""

from __future__ import annotations

import re

from bot.understanding.gazetteer import get_gazetteer
from bot.understanding.normalise import Normalised
from bot.understanding.place import grammar
from bot.understanding.place.elsewhere import tells_of_somebody
from bot.understanding.place.matters import tells_matter
from bot.understanding.place.model import Place

NO_PLACE = re.compile(
    r"不知道|不清楚|不想|不方便|不告诉|说不|记不|忘了|随便|没有|为什么|什么|怎么|干嘛|谁|多少|几点|吗|？|\?|取消|算了|重新|人工|投诉|谢谢|再见|你好|您好|"
    r"你们|能不能|广场舞|噪[音声]|扰民|群里|骗|(?:邻居|老师|大姐|大哥|主任|书记|两口|司机|老板)$|[难好]受|憋屈|[门楼]牌号?$|微信|淘宝|直播|网[上店购]|快[点些]|赶[紧快]|刚才|已经|昨天|今天|前天|上周|早上|晚上|下午|中午|匿名|保密|电话|手机|烦死|废话|等等|稍等|可以|不行|确认|没错|哪里|哪儿|知道|说过|滚|机器人"
)
_BARE = re.compile(
    r"^(?:是|对|嗯|好|行|不|没|有|否|不是|是的|对的|好的|一样|同上|都|全部|哈+|呵+|啊+|1|2|3)+$"
)
PLACE_WORD = re.compile(
    rf"(?<![\d一二三四五六七八九十两几半])点|[楼院层室村路街巷里区苑园店站口门场厂校桥边旁面侧角家库铺厅]|附近|(?<=[一-龥])红绿灯|方向$|胡同|[东南西北][二三四五六]环|高速|大道|底商|匝道|(?:\d号?摊位?|[亭棚])$|对[面过]|那边|一带|{grammar._NUMBER}(?:号|栋|幢|单元|层|排)|[东南西北]"
)
TELLS = (
    r"[了吗呢被把有没坏漏吵响堵冒买偷扔]|(?<![对挨靠顺沿朝冲临守贴])着|(?<![小专])卖(?!场|[一-龥]{1,4}(?:的|那))"
    r"|停(?!车[场位楼区库棚点带])|打(?![印字水]|[车的][点处])|倒(?![数座])|往(?![东南西北前后左右里]|[一-龥]{1,4}方向)"
)
"""Characters of what happens: 停水, 堵着, 卖假货; 停车场, 正对着 and 卖卤煮的小店 tell where."""
_WHICH_HOUSE = re.compile(r"[几哪]个?号?(?:楼|栋|幢)")
_BLANK = re.compile(r"好像|像是|应该|可能|尾号|车牌")
ROOM = re.compile(rf"{grammar._ROOM}室?")
_LAST = 4
_THING = re.compile(
    rf"(?:{PLACE_WORD.pattern}|[桶杆材带棚箱柜栏树井坑洞牌桩亭墙沟池摊车灯椅凳梯管线地厕道房馆吧舍壁岸市间办所处堂]|[训术乐蹈]班)(?:那儿?|这儿?|[里上下内外前后边头面处])?$"
)
"""What a bare answer ends in when it tells where: 门口那棵树, 路边垃圾桶; 路面塌陷 and 家庭矛盾 tell what."""
TOLD = re.compile(
    r"[偷倒扔]|路灯(?![杆下旁边柱])|一直|老是|总是|天天|每天|往(?![东南西北前后左右里]|[一-龥]{1,4}方向)"
)
"""What a bare answer with a word like 沟 or 里 tells of instead: 夜里偷着往河沟里倒废水."""
_GOES = re.compile("[往向朝][东南西北左右前后]{1,2}(?:边|走|拐)?$")
"""The end of a way, which has the very characters of matters: B口出来往右."""
LONGEST_BARE = 20
_NAMELESS = re.compile(
    r"就?离?(?:我|咱|俺|这|那|附近|旁边|对[面门过]|楼[上下道]|小区|村里|家|(?:大院|院子?|公园|学校|市场|楼)?[东西南北]{0,2}[正前后侧大]?(?:门口|门(?=[外那,，。]|$)|路口|桥头))"
)


def tells_what(words: str) -> bool:
    """Whether words tell what happened rather than where: 路面塌陷; 路边垃圾桶 tells where."""
    return tells_matter(words[-_LAST:]) and ("了" in words or not _THING.search(words))


def bare(said: Normalised) -> Place | None:
    """The place in ``said`` by its shape alone; None when it is no place."""
    words = said.text
    if grammar.SHORT_HOUSE.fullmatch(words) or (ROOM.fullmatch(words) and _WHICH_HOUSE.search(said.original)):
        return Place(text=words, span=said.original_span(0, len(words)), point=words, precision="specific")
    if (
        len(words) > LONGEST_BARE
        or NO_PLACE.search(words)
        or _BARE.match(words)
        or not PLACE_WORD.search(words)
        or TOLD.search(words)
        or _BLANK.search(words)
        or (tells_what(words) and not _GOES.search(words))
        or re.search(r"\d{7}", words)
        or tells_of_somebody(words, get_gazetteer())
    ):
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

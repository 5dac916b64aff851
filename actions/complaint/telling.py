"""Whether words tell anything of the matter beside fields, manners and talk about the talk: only that belongs in a case."""

from __future__ import annotations

import re
from datetime import datetime

from actions.complaint.utterance import FILLER, rest_of
from bot.understanding.names import find_name

_HAN = re.compile(r"[\u4e00-\u9fff]")
_CHATTER = re.compile(
    r"谢谢|多谢|感谢|麻烦|辛苦|拜托|拜拜|再见|你好|您好|不客气|不好意思|对不起|喂|哎呀?|唉|嗯+|哦+|噢|诶|啊+|呀|呢|吧|嘛|呗|哈+|啦|嘞|呃"
    r"|等(一?下|会儿?|等)|稍等|马上|过会儿?(再说)?|我(找找|看看|想想|问问|查查|想一?想)|让我(想想|看看|找找)|别(急|催)|着什么急|(你|您)?(先)?(别问|听我说(完)?)|(我)?说完了|没说完"
    r"|(你|您)?(帮我)?(记|登记|写|报|加|补)(一?下|上|好|着)?|知道了|收到|明白了?|了解|随便|无所谓|都行|都可以|看着办|你定|行(不行)?|可以|好的?|没事儿?|没了|没有了|就这些|就这样|就这事儿?|没别的|差不多|没毛病"
    r"|我(回来|来|在)了?|在吗|在不在|(您|你)(贵姓|是谁|叫什么)|贵姓|闺女|姑娘|小伙子?|师傅|同志|大姐|老师|凭(什么|啥)给?你?|关你(什么|啥)事|(你)?(脑子)?有(毛)?病|废话|问{2,}|个屁|傻[xX逼子]?|(就)?知道问|问(这|那)么多|怎么(这么)?(多|麻烦)"
    r"|(我)?(也)?(不|没)(太|大)?(知道|清楚|晓得|记得|确定|注意|留意)|(我)?(记|说|弄|搞)不(太|大)?(清楚?|上来|好|准)|(我)?(都)?忘(记)?了"
    r"|手机号?码?|电话号?码?|记不住|号码?|(一样|同上|照旧)|确认|确人|提交|是我(的|闺女|儿子|老伴|妈|爸)?(给我)?(办|用)?的?(号)?|这(个)?是|那(个)?是|打(这个|给我|我)|(晚上|白天|上午|下午)?(别|不要)打|能?打通|随时(能|可以)?(打|接|联系)"
    r"|(什么|啥)意思|要(地址|电话|时间)|(具体)?(地址|地点|位置)|什么时候|为(什么|啥)|(对)+|是的?|不是|什么|怎么|哪|吗|么|我|你|您|他|她|它|们|的|了|就|还|也|都|又|再|那|这|个|在|有|人|到|说|要|想|给|和|跟|把|会|能"
)
_SAYS = re.compile(r"[\u4e00-\u9fff]{2}")
_OVER = re.compile(
    r"找(到|着)了|(救|拉|捞)(上来|出来|下来)了|(火)?(灭|扑灭|熄)了|没(什么)?事了|出来了|醒(了|过来了)|虚惊|解除|送(到)?医院了|(警察|消防|救护车|120|119|110)(已经)?(来|到)了|下来了|不闹了|走了"
)
_STILL = re.compile(r"没(找到|灭|救|出来|醒|来|到)|还(没|在)|又|怎么|吗|？|[?]|再")
SHORT = 20
LEAST = 3
"""Chinese characters beside all that, from which words tell something."""


def tells_more(text: str, at: datetime) -> bool:
    """Whether ``text`` tells of the matter beside places, times, numbers, names and chatter.

    "西城区新风街2号院，墙皮都掉下来了" does, "嗯那个，电话是139…，你记一下" does not.
    """
    rest = rest_of(text, at)
    if (name := find_name(text)) is not None:
        rest = re.sub(rf"(我|本人)?(叫|姓|是|名字叫?)?{re.escape(name)}", "", rest)
    return len(_HAN.findall(FILLER.sub("", _CHATTER.sub("", rest)))) >= LEAST


def tells_something(text: str) -> bool:
    """Whether an answer to "what is it about?" has a word that could be it: 噪音; mere chatter has none."""
    return bool(_SAYS.search(_CHATTER.sub("", text)))


def is_over(text: str) -> bool:
    """Whether a danger told before is over: 找到了, 人救上来了, 火灭了."""
    return len(text) <= SHORT and bool(_OVER.search(text)) and not _STILL.search(text)

"""Which wish an utterance is that has nothing to do with the open question: pure recognition by words and intent."""

from __future__ import annotations

import re
from typing import Literal

from actions.complaint.correcting import DECLINES
from actions.complaint.utterance import Utterance, says_yes
from bot.identity.linking import parse_link_code
from bot.understanding.contact import find_contact

Wish = Literal["erase", "keep", "privacy", "elsewhere", "link", "human", "waiting", "no_human"]

_DATA = r"(信息|资料|数据|记录|隐私|账号|账户|档案|聊天|个人情况)"
_REMOVE = r"(删除|删掉|删了|删光|清除|清空|清掉|清了|抹掉|抹除|抹去|注销|销毁|擦掉|忘掉|移除)"
_ERASE = re.compile(
    rf"{_REMOVE}.{{0,8}}(我|本人|个人|自己|聊天|所有|全部).{{0,8}}|(我|本人|个人|聊天).{{0,10}}{_DATA}.{{0,8}}{_REMOVE}"
)
_NOT_KEPT = re.compile(r"(别|不要|不想|不许|不准)(再)?(给我|让你们)?(留|存|保存|保留|记)")
_ABOUT_DATA = re.compile(_DATA)
_OTHERS = re.compile(
    r"物业|公司|监控|案底|平台|店|商家|银行|中介|学校|医院|运营商|APP|app|软件|他们|投诉|单子|工单|诉求"
)
_PRIVACY = re.compile(
    r"(存|保存|保留|留存?|留着|泄露|泄漏|公开|外泄|保密|安全|用到|给谁看|谁能看).{0,10}(信息|资料|号码|隐私|聊天|数据|多久|吗|么)"
    r"|(信息|资料|号码|电话|手机号|隐私|聊天|数据).{0,10}(存|保存|保留|留|泄露|泄漏|公开|外泄|安全|给谁|谁能看|多久)|隐私(政策|条款|保护)"
)
_ASKS = re.compile(r"[？?吗么]|会不会|多久|怎么|谁|哪|安不安全|是不是|能不能")
_ELSEWHERE = re.compile(
    r"接续码|(换|转|改|切)(到|去|成|用|个)?.{0,4}(微信|手机|电脑|网页|telegram|电报|TG|小程序|平板|渠道|设备).{0,8}(继续|接着|说|聊|办|登|用|看)"
    r"|(微信|手机|电脑|网页|telegram|电报|TG|小程序|别的(渠道|地方|手机))(上|里|那边)?.{0,4}(继续|接着)(说|聊|办|反映|登)?",
    re.IGNORECASE,
)
_HUMAN = re.compile(
    r"(转|接|换|找|要|有|叫|喊|整|来|派)(个|一下|一位|到)?(人工|真人|大?活人|接线员|话务员|坐席)(客服|服务|坐席|说话|接|来|跟我|吗|$)"
    r"|(换|找|叫|喊|整|给我)(个|一位|一个)(会说话的|能说话的|能管事的|明白)?人(来|接|说话|跟我|听|$)|(转|接|换|找|要)(个|一下)?(人工|真人|活人|接线员|话务员|坐席|客服)"
    r"|有(没有)?(人工|真人|客服)(吗|么|没|不|$)|^人工(服务|客服|坐席)?$|(跟|和|让)(真人|活人|人工|你们的?人)(说|聊|谈|讲)"
)
_NO_HUMAN = re.compile(
    r"(不用|不要|别|不)(等|转|找)?(人工|真人|客服)(了|啦)|(不等|等不了|等不及)(了|人工|那)|还是(跟|和)(你|机器人)(说|聊|接着)"
)
_RESUME = re.compile(
    r"^(那个?|唉|哎|嗯|算了|等一?下|等等|慢着|别急|不|我|又|想了想|先|咱们?|还是|行|好|再|噢|哦|[，,、 。])*"
    r"(还是(登记|登|报|反映|投诉|办)(吧|了|一下)?|还是(?:接着|继续)(?:弄|整|搞|来|说|办|报|登记)|(接着|继续)(刚才|上次|前面|之前|先前|上面)?(的|那个|那件|说|登记|登|办|报|聊)|(回到|说回|转回)(刚才|前面|之前|先前|上次|原来|第一|那)"
    r"|(恢复|别取消|不取消|取消错了|不撤了|别撤)|改主意|(刚才|上次|之前)(那个|那件|的)(事|件)?(还是|接着|继续|别取消|没说完))"
)
BACK_TO = re.compile(
    r"(回到|说回|转回|回头说|接着说|继续说|再说回?)(刚才|前面|之前|先前|上面|第一|头一|原来|一开始|最早|那|上一|上).{0,10}(件|个|事|的|那|吧|码)|(接着|继续|再接着)说.{1,8}(那件|那个|那事)|(回到|说回).{1,8}(那件|那个|那事|的)|(接着|继续)说.{1,6}吧[。！ ]*$"
)
"""Plainly back to another matter, whatever else is said with it."""
_UNDOES = re.compile(
    r"(?:别|不要?)取消|(?:撤|取消|不报|不投诉|不登记|不要)[^，。]{0,5}(?:不算|作废|收回)|恢复(?:吧|一下|登记)|取消错了"
)
"""A cancelling plainly undone, whatever reason comes with it."""
DROPS = re.compile(r"(不(报|说|登记|投诉|反映|要|办)了|算了|取消|撤)")
_AFTER_ALL = re.compile(r"还是(登记|登|报|反映|投诉|办)(一下)?(吧|了)?[。！!~ ]*$")
_RESUME_ONLY = re.compile(
    r"^(接着|继续|还是)(登记|登|说|办|报|聊|反映|投诉|来)?(吧|呗|了|啊|[。！! ])*$|恢复|别取消|不取消|改主意|回到|说回"
)
_SWITCH = re.compile(
    r"(先|我先|咱先)?(说|报|讲|反映|登记)(一下|下)?(个|件|点)?(另外?|别的|其他)(一)?(个|件|码|档)?(事|问题|更急的|急的)?|换(一)?(个|件)(事|问题)(说|反映|登)?"
    r"|(更|最)(要紧|着急|急|重要)的(是|事)?[：:，, ]|先(说|报|讲|反映)(个|件)?(更|特别|比较|最)(急|要紧|着急|重要|紧急)的?(事儿?)?|(先不说|先放着|先撂|先搁)(这个|这件|这事|它)|(还有|另外)(一)?(个|件)(更急|急|别)的?(事|问题)?|(另|还)有(一)?(个|件)事(儿)?(要|想)?(先)?(说|反映)"
)
_STOPS = re.compile(
    r"^(那|还是|就|我|先|[，,。 ])*(取消|算了(?!.{0,6}(还是|接着|继续))|(不|别|不想|不要)(办|投诉|反映|登记|弄|报|说|举报))"
)
_FIELD = re.compile(r"电话|手机|号码|地址|地点|位置|地方|\d{3,}")
REPEAT = re.compile(
    r"(再|重新?|重复)(说|讲|念|发|问|写)?(一遍|一次|一下)|没(看|听)(清|懂|见|明白)|(你|您)?刚(才)?(说|问)(的|了)?(是)?(啥|什么)|重复一"
)
_DATE = re.compile(r"(19|20)\d{2}(0[1-9]|1[0-2])([0-2]\d|3[01])")
_KEEP_DATA = re.compile(
    r"(还是|那|先|我|[，, ])*(别|不|不要|不用|取消|先不)(删|删除|注销|清)(了|我的信息|掉)?(吧|啊)?[。！! ]*"
)
_WAITING = re.compile(
    r"人呢|有人(吗|在吗|没)|(人工|客服|真人)(怎么)?(还)?(没来|不来|呢|在哪)|还没(人|有人)(来|接|理)"
)
SURE_WISH = 0.8
SHORTEST_WISH = 8
SHORT_WISH = 24
"""Characters up to which a wish stands alone; a longer message tells a matter and is read as one."""


def wish_of(utterance: Utterance, *, in_form: bool = False) -> Wish | None:
    """The wish that ``utterance`` is, or None: then it is an answer, an aside or a matter.

    Args:
        utterance: What was said.
        in_form: A question is open: eight bare digits are a number or a date then, not a code.
    """
    text = utterance.text
    if parse_link_code(text) is not None and ("码" in text or not (in_form or _DATE.fullmatch(text.strip()))):
        return "link"
    if len(text) > SHORT_WISH:
        return None
    if says_yes(utterance) or find_contact(text) is not None:
        return None
    about_me = _PRIVACY.search(text) and _ASKS.search(text) and re.search(r"我|你们|您|隐私|聊天", text)
    if about_me and not _OTHERS.search(text) and not DECLINES.search(text):
        return "privacy"
    if _KEEP_DATA.fullmatch(text):
        return "keep"
    if _WAITING.search(text) and len(text) <= 10:
        return "waiting"
    if _is_erasure(utterance):
        return "erase"
    by_words = _ELSEWHERE.search(text) and not re.search(r"他|她|邻居|骂|拍|对方", text)
    if by_words or (utterance.means("continue_elsewhere") and utterance.confidence >= SURE_WISH):
        return "elsewhere"
    if _NO_HUMAN.search(text):
        return "no_human"
    return "human" if wants_human(utterance) else None


def _is_erasure(utterance: Utterance) -> bool:
    text = utterance.text
    if _OTHERS.search(text):
        return False
    if _ERASE.search(text) and _ABOUT_DATA.search(text):
        return True
    asked = bool(_ABOUT_DATA.search(text) or _NOT_KEPT.search(text) or len(text) <= SHORTEST_WISH)
    return (
        utterance.means("erase_data") and asked and bool(re.search(_REMOVE, text) or _NOT_KEPT.search(text))
    )


def wants_human(utterance: Utterance) -> bool:
    """Whether a person is asked for, and nothing else."""
    text = utterance.text
    return bool(_HUMAN.search(text)) or utterance.means("request_human")


def wants_back(utterance: Utterance) -> bool:
    """Whether an interrupted or cancelled matter is to be taken up again: 还是登记吧, 回到刚才那件."""
    text = utterance.text
    if BACK_TO.search(text[:SHORT_WISH]) or undoes(text):
        return True
    if len(text) > SHORT_WISH or _STOPS.match(text) or _FIELD.search(text):
        return False
    return bool(_RESUME.match(text) or _AFTER_ALL.search(text)) or utterance.means("resume_talk")


def undoes(text: str) -> bool:
    """Whether a cancelling is plainly undone: 哎别取消，还是得报."""
    return len(text) <= 2 * SHORT_WISH and bool(_UNDOES.search(text))


def wants_repeat(utterance: Utterance) -> bool:
    """Whether the last words of the bot are to be said again."""
    return len(utterance.text) <= SHORT_WISH and (
        bool(REPEAT.search(utterance.text)) or utterance.means("repeat_question")
    )


def only_goes_on(text: str) -> bool:
    """Whether the words merely say to go on, without a word of a matter."""
    return bool(_RESUME_ONLY.search(text))


def switch_in(text: str) -> str | None:
    """The words behind "先说另一件", empty when it was all; None when no other matter is announced."""
    match = _SWITCH.search(text[:40])
    if match is None or match.start() > 12:
        return None
    return re.sub(r"^(的|吧|啊|呢|先|是|就是|更急的|[，,。：: ])+", "", text[match.end() :])

"""What a citizen may say instead of an answer, and how the form takes it without losing its question."""

from __future__ import annotations

import re
from typing import Literal

from actions.anytime.service import service_question
from actions.anytime.wishes import REPEAT
from actions.complaint.abuse import grumbles
from actions.complaint.choosing import names_one
from actions.complaint.correcting import ADDS, declines_contact
from actions.complaint.draft import Question
from actions.complaint.telling import tells_more
from actions.complaint.utterance import (
    SHORT,
    Utterance,
    ends_in_yes,
    plainly_unknown,
    says_yes,
    tells_trouble,
    wants_anonymity,
    wants_confidence,
)
from actions.progress import asks_progress
from bot.understanding import find_time
from bot.understanding.contact import find_contact
from bot.understanding.place import find_place

Aside = Literal[
    "service",
    "cancel",
    "restart",
    "progress",
    "explain",
    "repeat",
    "question",
    "help",
    "greet",
    "thank",
    "calm",
    "off_topic",
    "wait",
]

_NEEDS_WORDS: dict[str, re.Pattern[str]] = {
    "restart": re.compile(r"重新|重来|从头|重说|重填|重登|清空|推倒|作废|都不算|不算数|换(一)?(个|件)"),
    "cancel": re.compile(r"取消|算了|不|别|停|撤|放弃|退出|作废|终止|拉倒|罢了|当我没"),
}
"""What throws a complaint away is never done for an intent alone."""
STRONG_TIME = 4
LONG_ASIDE = 48
"""Characters up to which a question after an earlier case is one."""
_EARLIER = re.compile(
    r"(上|以|之|先)前|上(个?月|周|次|回|礼拜)|(报|反映|登记)过|[月号天]份?(我)?(反映|报|投诉|登记)的"
)
FIRM = 0.7
"""Confidence from which a joke or an insult is one although it has words that could tell something."""
_BY_INTENT: dict[str, Aside] = {
    "cancel": "cancel",
    "restart_talk": "restart",
    "check_progress": "progress",
    "explain_question": "explain",
    "repeat_question": "repeat",
    "ask_help": "help",
    "greet": "greet",
    "thank": "thank",
    "insult": "calm",
    "out_of_scope": "off_topic",
}

_CANCEL = re.compile(
    r"^(那|还是|我|就|[，, ])*(取消|算了|(不|别|不想|不要)(办|投诉|反映|登记|弄|报|说|举报|填)了?|撤销|撤了|放弃|退出|作废|当我没说)"
    r"(吧|了|登记|这个|这次|(不|别)(办|投诉|反映|登记|弄|报|说)了|谢谢|[，,。!！ ])*$"
)
_WAIT = re.compile(
    r"^(你|先|再|请|稍|您|[，, ])*(等等|等一下|等一会儿?|等会儿?|稍等)(吧|啊|一下|[，,。 ]|我.{0,10})*$"
)
_CANCELS = re.compile(
    r"^(哎呀?|唉|那|嗯|对|是|好|行|还是|我|就|[，, 。]){0,6}(算了)?[，, ]?((不用|不想|不要|不|别)(再)?(登记|投诉|反映|举报|报|弄|办)了|取消(登记)?(吧|了)?(?=[，,。 ]|谢|$))"
)
"""A cancelling with its reason: 算了不用登记了，物业说修好了."""
_BUT = re.compile(r"但|不过|还是(登|报|办)|另|先|刚才(那|说)")
_RESTARTS = re.compile(
    r"从头(来|说|开始|登|讲)|重新(来|说|开始|登记|讲|填)(一遍|一次|吧|$|[，,。 ])|重来|(前面|刚才|之前)(说的|的)?(都|全)(不算|不要|作废)|说乱了.{0,4}(重|从头)"
)
_INSULTS = re.compile(
    r"白痴|傻(逼|子|叉|瓜|X|x)|废物|滚(蛋|开|$|[，,。！])|蠢|智障|弱智|脑残|破(玩意|机器|程序)|垃圾(机器|程序|系统|玩意|服务)|神经病|混蛋|王八蛋|磨叽"
)
_MEANS = re.compile(r"(你)?(这|那)?(是)?(什么|啥)意思")
_RHETORICAL = re.compile(r"凭(什么|啥)(啊|呀|呢|[！!？?。 ]|$)")
_LATER = re.compile(
    r"^(那|我|你|您|先|再|请|嗯|哦|[，,。 ])*(等(一?下|会儿?|等)?|让)?我?(找找|看看|想想|问问|查查|想一想|看一下|找一下|问一下|翻翻)(手机|号码?|电话|一下|再说|哈|啊|吧|[，,。… ])*$|^(过|等|晚)(一?会儿?|点儿?|下)(再)?(说|告诉你|发你|给你)"
)
_EXPLAIN = re.compile(
    r"(什么|啥|甚)(意思|叫)|(为什么|为啥|为何|干嘛|干啥|凭啥|凭什么)(要|还要|得|非)?(问|知道|留|填|说|告诉|提供|登记)|(问|要|留)(这|那|它|电话|手机|地址|时间)(个|些)?(干|做)(嘛|啥|什么)|看不懂|不明白(你|您)?(说|问|什么)|(干|做)(嘛|啥|什么)(用|使)"
)
_ASKS = re.compile(
    r"[？?]|吗|(?<!着)(?<!着哪)呢$|什么|怎么|咋|(?<![好这那前十])几(号|点|月|天|时|度|块|岁|年)|多少|多久|多大|哪(里|儿|个|些|天)?|谁|为(什么|啥|何)|能不能|可不可以|是不是|有没有|要不要|啥"
)


_WANTS_TO_KNOW = re.compile(
    r"告诉我|来着[。？?！! ]*$|我想知道|先问一?下|(?:咋|怎么|如何|在?哪儿?里?|上哪儿?|去哪儿?)(?:能|可以)?(?:领|申请|申领|交|缴|查|退|报销|预约|取|开证明|补办)(?!了)[^，。]{0,8}$"
)
"""A question at whatever is asked: 你先告诉我北京是几号开始供暖来着."""
_WHETHER = re.compile(r"[？?吗么]")
_GOING_ON = re.compile(r"(?:还|正|没|在(?![哪什])|才|都|天天|一直)[^，。！？,!? ]{0,8}呢[。！! ]*$")
"""A state told with 呢, no question: 还没修呢, 正往外冒水呢."""
_ASKS_FOR = re.compile(
    r"[？?]|请问|咨询|想问|问一?[下声句]|打听|请教|怎么(?:办|弄|申请|报|处理|算|收|交|走)|能不能|可不可以|吗(?=[，,。 ]|$)"
)
TOLD = 32
"""Characters from which a question word somewhere in the middle makes no question: 我说打什么打."""
_PARTS = re.compile(r"[，,。！!；; ]+")


def insults(text: str) -> bool:
    """Whether ``text`` has a word of abuse against the bot or the hotline."""
    return bool(_INSULTS.search(text))


def asks(text: str) -> bool:
    """Whether ``text`` has the form of a question."""
    if len(text) > TOLD and not _ASKS_FOR.search(text):
        text = next((part for part in reversed(_PARTS.split(text)) if part), "")
    match = _ASKS.search(text)
    return match is not None and not (match.group() == "呢" and _GOING_ON.search(text))


def _wishes(text: str) -> bool:
    """Whether the words are about staying unknown, whatever else they say: 等一下 我还是匿名吧."""
    hides = wants_confidence(text) and not _WHETHER.search(text)
    return wants_anonymity(text) or declines_contact(text) or hides


def answers(utterance: Utterance, question: Question) -> bool:
    """Whether the words hold what the open question asks for: 从去年开始 is a time, whatever it resembles."""
    if question == "occurred":
        return find_time(utterance.text, utterance.at) is not None
    if question == "place":
        return find_place(utterance.text) is not None
    if question == "contact" and find_contact(utterance.text) is not None:
        return True
    occurred = find_time(utterance.text, utterance.at)
    return occurred is not None and occurred.strength >= STRONG_TIME


def aside_of(utterance: Utterance, question: Question) -> Aside | None:
    """The aside ``utterance`` is, or None when it should be read as an answer to ``question``."""
    text = utterance.text
    if grumbles(text):
        return "calm"
    if names_one(text) is not None:
        return None  # 就报下水道这一件，快递柜不报了
    if _CANCEL.match(text) or (len(text) <= 2 * SHORT and _CANCELS.match(text) and not _BUT.search(text)):
        return "cancel"
    if len(text) <= 2 * SHORT and _RESTARTS.search(text) and find_contact(text) is None:
        return "restart"
    if len(text) <= 2 * SHORT and (_WAIT.match(text) or _LATER.search(text)) and not _wishes(text):
        return "wait"
    if question == "confirmed" and (says_yes(utterance) or ends_in_yes(text)):
        return None
    if service_question(text) is not None and not _wishes(text):
        return "service"
    if (
        asks_progress(text)
        and len(text) <= (LONG_ASIDE if _EARLIER.search(text) else 2 * SHORT)
        and "投诉" not in text
    ):
        return "progress"
    if (
        len(text) <= (2 * SHORT if _MEANS.match(text) else SHORT)
        and _EXPLAIN.search(text)
        and _ASKS.search(text)
        and not plainly_unknown(text)
    ):
        return "explain"
    if len(text) <= SHORT and REPEAT.search(text):
        return "repeat"
    if utterance.intent == "cancel" and question == "confirmed" and text in {"算了", "不用了"}:
        return "cancel"
    if len(text) <= SHORT and insults(text) and not tells_trouble(text) and not answers(utterance, question):
        return "calm"
    if question != "description" and len(text) <= 2 * SHORT and asks(text) and _WANTS_TO_KNOW.search(text):
        return "question"
    if utterance.means(*_BY_INTENT) and not answers(utterance, question):
        aside = _BY_INTENT[utterance.intent]
        if aside in _NEEDS_WORDS and not _NEEDS_WORDS[aside].search(text):
            return None
        firm = utterance.confidence >= FIRM and not (ADDS.match(text) or tells_trouble(text))
        if aside in {"off_topic", "calm", "help", "greet"} and not firm and tells_more(text, utterance.at):
            return None
        if aside in {"off_topic", "calm"} and question in {"place", "occurred"}:
            return None
        return aside
    if (
        utterance.intent == "ask_question"
        and asks(text)
        and len(text) <= 2 * SHORT
        and not _RHETORICAL.search(text)
        and not plainly_unknown(text)
    ):
        return "question"
    return None

"""What a citizen may say instead of an answer, and how the form takes it without losing its question."""

from __future__ import annotations

import re
from typing import Literal

from actions.complaint.draft import Question
from actions.complaint.utterance import SHORT, Utterance, says_yes

Aside = Literal[
    "cancel",
    "restart",
    "human",
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

_BY_INTENT: dict[str, Aside] = {
    "cancel": "cancel",
    "restart_talk": "restart",
    "request_human": "human",
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
_HUMAN = re.compile(r"(转|接|换|找|要)(个|一下)?(人工|真人|接线员|话务员|客服)|^人工(服务|客服|坐席)?$")
_ASKS = re.compile(
    r"[？?]|吗|呢$|什么|怎么|咋|(?<![好这那前十])几(号|点|月|天|时|度|块|岁|年)|多少|多久|多大|哪(里|儿|个|些|天)?|谁|为(什么|啥|何)|能不能|可不可以|是不是|有没有|要不要|啥"
)


def asks(text: str) -> bool:
    """Whether ``text`` has the form of a question."""
    return bool(_ASKS.search(text))


def aside_of(utterance: Utterance, question: Question) -> Aside | None:
    """The aside ``utterance`` is, or None when it should be read as an answer to ``question``."""
    text = utterance.text
    if _CANCEL.match(text):
        return "cancel"
    if _WAIT.match(text):
        return "wait"
    if question == "confirmed" and says_yes(utterance):
        return None
    if len(text) <= SHORT and _HUMAN.search(text):
        return "human"
    if utterance.intent == "cancel" and question == "confirmed" and text in {"算了", "不用了"}:
        return "cancel"
    if utterance.means(*_BY_INTENT):
        aside = _BY_INTENT[utterance.intent]
        if aside in {"off_topic", "calm"} and question in {"place", "occurred"}:
            return None
        return aside
    if utterance.intent == "ask_question" and asks(text) and len(text) <= 2 * SHORT:
        return "question"
    return None

"""What an utterance plainly says by itself: yes, no, "I do not know", a wish to stay unknown, a field and nothing more."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from actions.turn import Turn
from bot.understanding import find_time
from bot.understanding.contact import find_contact
from bot.understanding.person import is_anonymous, is_confidential
from bot.understanding.place import find_place

SURE = 0.55
"""Confidence from which an intent alone steers the talk."""
LIKELY = 0.45
"""The same for very short utterances, which can hold little else."""
VERY_SHORT = 8
LONGEST_YES = 24
SHORTEST_YES = 6
SURE_YES = 0.75
"""Length and confidence of what the engine alone may call a yes: it files a case."""
SHORT = 16
"""Characters up to which an utterance can be steering alone; longer ones carry a matter."""
SHORTEST_MATTER = 2
"""Characters that must be left for a message to tell a matter; 停水 and 停电 do."""
_YES = re.compile(
    r"^(?:[哦噢喔唉哎啊那就行嗯好]+[，,。 ]+|[哦噢喔唉哎]+|那就?|行[，, ]*|嗯[，, ]*)?(嗯+|恩|对+|是+|好+|行|中|成|可以|确认|却认|确人|确任|缺认|确定|没错|没问题|正确|无误|提交|登记|同意|ok|yes|是的|对的|好的|好嘞|得嘞|就这样|都对)"
    r"(的|了|吧|啊|呀|呢|嘞|哈|哒|滴|呗|提交|登记|没错|没问题|就这样|对|好|是|行|可以|[，,。.!！~～ ])*$",
    re.IGNORECASE,
)
_YES_PLEASE = re.compile(
    r"^(?:(?:嗯|对|是的?|好的?|行|可以|确认|没错|没问题|對)(?:了|的|吧|啊|呀|[，,。.!！ ])*+)++(那)?(就|请|你们|您)*"
    r"(快(?=点|些|来|去|办|修|处|给|帮|吧|[，,。！! ]|$)|赶紧|赶快|尽快|抓紧|麻烦|谢谢|多谢|感谢|辛苦|拜托)[^？?不错改]{0,12}$"
)
_CONFIRMS = re.compile(
    r"(?:嗯|恩|对|是|好|行|中|成|妥|可以|确认|确定|没有?听?(?:错|问题|毛病)儿?|正确|准确|无误|不差|ok|得嘞|提交|登记|上报|(?:报|交|递)(?:上去)?(?=吧|了|$)"
    r"|对着[呢哪]|(?:甭|不用|别|不必)(?:再)?改了|就?(?:这样|这么着?|[按照](?:着)?(?:这个|这|你[说念写]的))(?:来|办|写|报|登记|提交)?|(?:我)?(?:都)?(?:看|核对|检查)(?:过|好|完)?了|核对(?:过|无误)|(?:写|念|记|填)的(?=都|全|对|没)|(?:这|那|信息|内容|以上|上面)(?:个|回|次|儿|里)?(?:地址|地方|地点|位置|电话|手机号?|号码?)?"
    r"|[您你](?=给|帮)|[给帮]我?们?(?=报|登|提|交|记|递)|就|那|都|全|的|了|吧|啊|呀|呢|嘞|哈|呗|哦|麻烦|请|谢谢|[👌👍✅]|[，,。.!！~～ ])+",
    re.IGNORECASE,
)
"""Words that do nothing but confirm what was read back: 核对过了，没问题; 好的，就按这个报."""
_CONFIRMING = re.compile(
    r"对|甭改|不用改|别改|照这|是的|是这样|是[这那](?:个|儿|里)|好|行|可以|确认|没|正确|准确|无误|提交|登记|就(?:这|按)|按|ok|👌|👍|✅|妥",
    re.IGNORECASE,
)
_YES_AND_HURRY = re.compile(
    r"(?:对|嗯|好|行|没错|[，,])*确认(?:登记|提交|无误)?[吧了啊]?[，,。！! ]+(?:你们|您|就|可|那)?"
    r"(?:甭|别再?(?=磨|废|啰|墨|烦|问)|快|赶紧|赶快|尽快|抓紧|麻烦|磨叽|墨迹|啰嗦|废话|拜托|等你们?|交给你们?|行了|烦死)[^\d？?改错补加另]{0,10}"
)
"""A confirmation that goes on in haste or temper: 确认，甭磨叽了."""
ENDING = 24
"""Characters of a message that may end in a confirmation and say little else."""
_ENDS_YES = re.compile(
    r"(^|[，,。 ]|对|嗯|好|行|中|[这那][个件些])(那就|就|可以|行|好|对|这个|那个|这件|那件|都|全)?(确认(登记|提交|上报)?|就这样(登记|提交|报|确认)?|没错|提交吧?|登记吧?)(吧|了|啊|呗)?[。！!~ ]*$"
)
_BREAKS = re.compile(r"[，,。.！!；;…\s]+")
_NO_WORDS = re.compile(r"[^\u4e00-\u9fffA-Za-z\d，,。.！!；;…？?\s]")
_CONFIRM = re.compile(
    r"(?:[好对嗯那行中]|就|可以|没错|第[一二三四五][件个]|也|[这那两三上][个件些面]?|都对?|全部?|喽)*(?:确认)+(?:登记|提交|上报|无误)?[吧了啊呗哈的]*"
)
_NOT_WAITING = re.compile(
    r"^(?:算了|那就?|哎|唉|得|行|[，, ])*(?:不等|不用等|等不了|等不及|不找人工|不用人工)(?:人工|他们|人)?了?[，,。 ]*"
)
"""No person is waited for any more: 算了不等了，上面写的都对，确认."""
_AFFIRMED = re.compile(r"^(?:对+|是的?|就是|就|嗯)|[的啊吧]$")
_GIVES_UP = re.compile(r"算了|撤|取消|拉倒")
_TELLS_VALUE = re.compile(
    r"\d{4}|(?<!1)\d{1,3}(?![19\d])[号楼点月日单层区]|是(?!的|我)|[号楼]|早上|晚上|下午|中午|昨|前天|还有|另外|补充|改"
)
_NO_YES = re.compile(r"[？?不没别非]|吗|么$|吧$|也|还|又|再|加|改|写|补|差|先|等|但|如果|要是")
_TAKES_BACK = re.compile(
    r"不(对|是|确认|登记|报|要)|别(?!的)|先不|没确认|改|(?<!没)错|[？?]|吗|怎么|什么|啥|不等.{0,2}$"
)
_THUMBS = frozenset({"👍", "👌", "🆗", "✅", "對", "對的", "1"})
_NO_WORD = (
    r"(?:不是?|不对|不行|不用了?|不要|错了?|有错|没有|否|no|不确认|不正确|要修改|要改|改一下|修改|有地方不对|有(?:的)?地方(?:写)?错了?|[记写听]错了|(?:地点|地址|时间|电话|内容)(?:不对|错了|写错了)"
    r"|不是[这那](?:儿|里|个(?:地址|地方|地点|位置|电话|手机号?|号码?)))(?:的|了|吧|啊|呀|呢|哦)*"
)
_NO = re.compile(rf"^(?:{_NO_WORD}[，,。.!！ ]+){{0,3}}{_NO_WORD}[，,。.!！ ]*$", re.IGNORECASE)
_AROUND_NO = re.compile(
    r"^(嗯+|哦|噢|那|好的?|行|没事|[，, ]){1,4}(?=不)|[，, ]*(谢谢|多谢|麻烦)(你|您|了|啊)*[。！! ]*$"
)
_OPEN = re.compile(r"(不用|不要|不需要|不必|无需|用不着|不)(匿名|保密)")
_UNKNOWN = re.compile(
    r"(不知道|不清楚|记不清|忘了|不记得|说不(清|好|上来|准)|没注意|想不起来|不确定|不晓得|弄不清|没留意|搞不清)"
)
_HAN = re.compile(r"[\u4e00-\u9fff]")
_ENDING = re.compile(r"(街道|地区|镇|乡|区)$")
FILLER = re.compile(
    r"我(的|家|们)?|(手机|电话)?号?码?(是|为)|手机|电话|联系|地址|地点|位置|时间|就?在|住|开始|的|是|了|吧|啊|呀|呢|哦|嗯"
    r"|要求?|想|请|给|匿名|保密|举报|投诉|反映|登记|这(里|儿|边)|那(里|儿|边)"
)
_PRIVACY_ONLY = re.compile(
    r"^(请|我|要|想|能|可以|给|帮|麻烦|你们|[，, ])*(匿名|保密)(举报|投诉|反映|登记|处理)?(吗|吧|啊|行吗|[。？! ])*$"
)
_TROUBLE = re.compile(
    r"坏了?|没人|不亮|不热|不亮|一直亮|亮着|没电|没水|漏水|停[水电暖]|太?吵|堵[着了死]|丢了?|没了|乱收|骂|打人|拖欠|脏|臭|占[了着]?|不管|不修|断了|裂|塌|扰民|欺"
)


@dataclass(frozen=True, slots=True)
class Utterance:
    """What was said, when, and what the engine took it for."""

    text: str
    at: datetime
    intent: str = ""
    confidence: float = 0.0
    inbox_id: int = 0

    def means(self, *intents: str) -> bool:
        """Whether the engine is sure it is one of ``intents`` and it is short enough to be nothing more."""
        if self.intent not in intents or len(self.text) > SHORT:
            return False
        return self.confidence >= (SURE if len(self.text) > VERY_SHORT else LIKELY)


def utterance_of(turn: Turn) -> Utterance:
    """The turn's words as the pure reading wants them."""
    return Utterance(turn.text, turn.at, turn.intent, turn.intent_confidence, turn.inbox_id)


def plainly_yes(text: str) -> bool:
    """A yes by its words alone; longer words are never one, and patterns with choices inside choices see no long text."""
    if len(text) > LONGEST_YES:
        return False
    if _CONFIRMS.fullmatch(text) and _CONFIRMING.search(text):
        return True
    return text in _THUMBS or bool(
        _YES.match(text) or _YES_PLEASE.match(text) or _YES_AND_HURRY.fullmatch(text)
    )


def ends_in_yes(text: str) -> bool:
    """Whether words at a read-back hold a plain confirmation and take nothing back: 先按你念的报上去，确认; 确认吧，我泡面去了."""
    text = _NOT_WAITING.sub("", text)
    if len(text) > ENDING or _TAKES_BACK.search(text) or _GIVES_UP.search(text):
        return False
    if _ENDS_YES.search(text):
        return True
    clauses = [clause for clause in _BREAKS.split(_NO_WORDS.sub("", text)) if clause]
    rest = "".join(clause for clause in clauses if not _CONFIRM.fullmatch(clause))
    return any(map(_CONFIRM.fullmatch, clauses)) and not (_TELLS_VALUE.search(rest) or tells_trouble(rest))


def says_again_and_yes(text: str, known: str) -> bool:
    """Whether words confirm and say again nothing but what is ``known``: 对对，5号楼，就这样，您给报上去吧."""
    clauses = [clause for clause in _BREAKS.split(_NO_WORDS.sub("", text)) if clause]
    fresh = [clause for clause in clauses if _AFFIRMED.sub("", clause) not in known]
    return 0 < len(fresh) < len(clauses) and plainly_yes("，".join(fresh))


def beside_yes(text: str) -> str:
    """What words that hold a confirmation say besides: of 确认，在望京东园, 在望京东园."""
    text = _NOT_WAITING.sub("", text)
    clauses = [clause for clause in _BREAKS.split(_NO_WORDS.sub("", text)) if clause]
    said = [clause for clause in clauses if not (_CONFIRM.fullmatch(clause) or _CONFIRMS.fullmatch(clause))]
    return "，".join(left for clause in said if (left := _ENDS_YES.sub("", clause)))


def plainly_no(text: str) -> bool:
    """A no by its words alone."""
    return len(text) <= LONGEST_YES and bool(_NO.match(_AROUND_NO.sub("", text)))


def says_yes(utterance: Utterance) -> bool:
    """A plain yes and nothing else; the engine's word is taken for a few characters only: 是快递公司的货 is no yes."""
    if plainly_yes(utterance.text):
        return True
    by_intent = (
        len(utterance.text) <= SHORTEST_YES and utterance.means("affirm") and utterance.confidence >= SURE_YES
    )
    return by_intent and not _NO_YES.search(utterance.text)


def says_no(utterance: Utterance) -> bool:
    """A plain no and nothing else."""
    return plainly_no(utterance.text) or (len(utterance.text) <= VERY_SHORT and utterance.means("deny"))


def plainly_unknown(text: str) -> bool:
    """Not knowing, by the words alone."""
    return bool(_UNKNOWN.search(text))


def says_unknown(utterance: Utterance) -> bool:
    """The citizen does not know."""
    return len(utterance.text) <= SHORT and (
        bool(_UNKNOWN.search(utterance.text)) or utterance.means("dont_know")
    )


def tells_matter(utterance: Utterance) -> bool:
    """Whether an answer to "where?" tells what is wrong instead of where: "路灯坏了"."""
    text = utterance.text
    place = find_place(text)
    return bool(_TROUBLE.search(text)) and (place is None or not place.district)


def tells_trouble(text: str) -> bool:
    """Whether ``text`` has a word of something being wrong."""
    return bool(_TROUBLE.search(text))


def only_fields(text: str, at: datetime) -> bool:
    """Whether ``text`` is nothing but a place, a time, a number or a wish for privacy: a field without a matter."""
    rest = rest_of(text, at)
    if rest == text and not _PRIVACY_ONLY.match(text):
        return False
    return len(_HAN.findall(FILLER.sub("", rest))) < SHORTEST_MATTER


def rest_of(text: str, at: datetime) -> str:
    """``text`` without the number, the time and the place that it tells."""
    rest = text
    if (contact := find_contact(text)) is not None:
        rest = rest.replace(contact.text, "")
    if (occurred := find_time(rest, at)) is not None and not tells_trouble(occurred.text):
        rest = rest.replace(occurred.text, "")
    if (place := find_place(rest)) is not None:
        first, last = place.span
        # As it was said: the text of an address told from its end is turned round.
        for name in (rest[first:last], place.text, place.district, place.street):
            rest = rest.replace(name or "", "")
        for name in (place.district, place.street):
            rest = rest.replace(_ENDING.sub("", name or ""), "")
    return rest


def wants_anonymity(text: str) -> bool:
    """The citizen wants no identity kept; "不用匿名" is the reverse."""
    return is_anonymous(text) and not _OPEN.search(text)


def wants_confidence(text: str) -> bool:
    """The citizen wants to stay unknown to the unit."""
    return is_confidential(text) and not _OPEN.search(text)


def is_privacy_only(text: str) -> bool:
    """Whether ``text`` wishes to stay unknown and says nothing else."""
    return bool(_PRIVACY_ONLY.match(text))


def has_words(text: str) -> bool:
    """Whether ``text`` has Chinese words at all."""
    return bool(_HAN.search(text))

"""Words that belong to a case filed before: more for it, a number left for it, a complaint that is to join it."""

from __future__ import annotations

import re

from actions.complaint.utterance import tells_trouble
from bot.understanding.place import find_place

_ADDS = re.compile(
    r"^(那个?|哦|噢|对了|嗯|再|还要|我|想|[，, ])*(补充|补一(句|点|条)|加一(句|条|点)|漏说|漏了|忘(了)?(说|讲|提)|还忘|再说一(句|点))(?:一下|一点|几句|个)?[啊哈呀吧]?"
)
_ADDS_TO_THAT = re.compile(
    r"^[^，,。]{0,16}?(?:(?:那|这)个[^，,。]{1,10}的|(?:那|这)(?:[^，,。]{0,8}?(?:事儿?|件|单))?(?:个|件|条|单|事)?|(?:报|反映|投诉|登记|说)(?:过)?的[^，,。]{0,12})[，,、 ]*(?:我|还|再|得|给|您|你|想|要)*"
    r"(?:补充|补一(?:句|点|条)|加一(?:句|条|点)|添一?(?:句|条|点)|再说一(?:句|点))(?:一下|一点|一句|一条)?"
)
"""More for a case that is named: 僵尸车那件我再补充一句; 昨天报的公交甩站，再补充一点."""
_ENDS_IN_PUTTING = re.compile(
    r"[，, ]*(?:麻烦|请)?(?:您|你们?)?(?:给|帮)(?:我|我们)?(?:再)?(?:添|加|补充?|写)(?:上|进去?)(?:去|吧|就行|一下)*[。！!]*$"
)
"""A request to put something in, at the end of what is to be put in: …您给添上."""
_LEFT_OPEN = re.compile(r"没(?:有)?(?:说|写|讲)(?:细|全|清楚?|完整|上|到)|说得?不(?:细|全|清楚)")
_JOINS = re.compile(
    r"(?<![不别甭])(?<!不要)(?<!不用)(?<!不想)(?:补充|加|添|并|合|归|记)(?:到|进|在)(?:一起)?(?:原来|之前|先前|上次|上回|刚才|前面|那)(?:的)?(?:那)?(?:个|件|条)?(?:单子?|案|工单|事|里头?|一件|那?件|个)(?:里头?)?(?:去|吧)?"
    r"|(?:不用|别|不要|甭)(?:再)?(?:另|重)?(?:新)?(?:开|立|登|建)(?:一个|一件|个)?(?:新的?(?:了|$|[，,。])|新?(?:单|案|工单))|(?:不用|别|不要|甭)(?:再)?(?:另|新|重新)(?:开|立|登记)(?:了|$|[，,。])"
)
_LEAVES = re.compile(
    r"(?:还是|给你们?|补|再)(?:给你们?)?(?:留|补)(?:个|一个)?(?:我的)?(?:电话|手机|号码|联系)|(?:电话|手机号?|号码)(?:还是)?(?:留|给你|补)"
)
_POINTS = re.compile(
    r"(?:那|这)(?:个|件|条)?(?:事儿?|单子?|工单|投诉|案)|(?:那|这)(?:件|单)|(?:昨天|昨儿|前天|刚才?|上午|上次|上回)(?:我)?(?:报|反映|投诉|登记|说)|(?:反映|登记|投诉|报)的"
)
"""Words that point to a case filed before, without which "给补上" asks the city for a lid."""


def says_open(text: str) -> bool:
    """Whether words say that a field of the case was left open: 锯树那件，地方没说细，是9号楼前头."""
    return _POINTS.search(text) is not None and _LEFT_OPEN.search(text) is not None


def adds_more(text: str) -> bool:
    """Whether words add to a case that is filed: 再补充一句…, 僵尸车那件我再补充…, …您给添上."""
    if says_open(text) or _ADDS.match(text) or _ADDS_TO_THAT.match(text):
        return True
    asked_to = _POINTS.search(text) is not None and _ENDS_IN_PUTTING.search(text) is not None
    return asked_to or "忘了说" in text or "忘说" in text


def what_is_added(text: str) -> str:
    """The words to keep with the case, without those that only say that they are to be added."""
    return _ENDS_IN_PUTTING.sub("", _ADDS_TO_THAT.sub("", _ADDS.sub("", text))).strip("：:，,。 ") or text


def wants_to_join(text: str) -> bool:
    """Whether the complaint under way is said to belong to a case filed before: 不用新开，补充到原来那件里."""
    return _JOINS.search(text) is not None


def leaves_a_number(text: str) -> bool:
    """Whether words leave a number for a case and tell no matter of their own: 刚报的那件，还是留个电话，139…."""
    return bool(_LEAVES.search(text)) and not tells_trouble(text) and find_place(text) is None

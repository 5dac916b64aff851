"""What speaking leaves in an address and a reader must not see: fillers, second thoughts, a slip of the ear."""

from __future__ import annotations

import re

from bot.understanding.normalise import Normalised

_NUMBER = r"[\dA-Za-z一二三四五六七八九十百零〇两]{1,6}"
_UNIT = r"(?:号楼|号院|号|楼|栋|幢|座|单元|门|层|室|区|期|排|里|巷|条)"
_VALUE = rf"(?:{_NUMBER}{_UNIT}|[东南西北]{{1,2}}(?:门|口|侧|边|区|里|院))"
_OOPS = r"(?:[，, ]*(?:哦|噢|啊|哎呀?|诶|呸|不(?=不)|不[，, ]++|嗯|我?说错了|错了|不对|不是[，, ]*(?=是)|打错了|记错了))++[，, ]*(?:应该|应)?是?"
_DROPPED = re.compile(
    r"(?:嗯|呃|噢|哦|唔|哎)+[，, 、]*(?=[\u4e00-\u9fff\dA-Za-z])"
    r"|那个[，, ]?那个(?=[\u4e00-\u9fff\dA-Za-z])|(?<=[\u4e00-\u9fff\d])那个(?=嗯|呃)"
    r"|(?:你|您)(?:知道|晓得|明白)(?:吧|吗|么|不)[，, ]*|我跟(?:你|您)说[，, ]*|那什么[，, ]*|怎么说呢[，, ]*"
    r"|(?:是|在)?(?:几|哪)(?:号|个)?(?:楼|单元|门|栋|号|层|室|院)(?:来着|我?想想)[，, ]*(?:(?:哦|噢|啊|嗯|对了|让?我想想|想起来了)[，, ]*)*"
    r"|(?:哪|几)(?:号|个)?(?:楼|单元|门|栋|号|层|室|院)[，, ]+(?:让?我想想)[，, ]*"
)
_SECOND_THOUGHT = re.compile(rf"{_VALUE}{_OOPS}(?={_VALUE})")
_EXPLAINED = re.compile(
    rf"{_VALUE}{_OOPS}{_VALUE}那?是[^，,。\d]{{2,8}}[，, ]*(?:(?:我们?|咱们?|俺们?)家?(?:住)?的?)?(?:是|在)?(?={_VALUE})"
)
"""A wrong house with what it really is: 12号楼，不对，12号楼是我闺女家，我们家是14号楼."""
_TO_OTHERS = re.compile(
    r"(?:(?<!…)…++|(?<!—)—++|(?<!\.)\.{3,}+)(?![^！!]*[区街道镇村里园苑楼院路])[^…—.\d]{1,20}[！!]+(?:[^…—.\d，。区街道镇村里园苑楼院路]{1,12}[！!]+)*"
)
"""What is called to somebody in the room: 8号楼……妈您别急啊！"""
_TWICE = re.compile(r"(?P<said>[\u4e00-\u9fff]{1,3}区)[，, ]+(?=(?P=said))")
_SLIP = re.compile(r"(?<=[\u4e00-\u9fff]{2})[接皆阶]道(?![路口])")

_GONE = (_EXPLAINED, _SECOND_THOUGHT, _TO_OTHERS, _TWICE, _DROPPED)


def smooth(said: Normalised) -> Normalised:
    """``said`` without what the speaker took back or only hummed: 12号楼 哦不对 11号楼 is 11号楼, 那个嗯16号楼 is 16号楼.

    A transcriber's 接道 behind a name is 街道. The way back to the typed words stays; plain text comes back as it is.
    """
    text = _SLIP.sub("街道", said.text)
    gone = [found.span() for pattern in _GONE for found in pattern.finditer(text)]
    if not gone:
        return said if text == said.text else Normalised(text, said.original, said.offsets)
    kept = [at for at in range(len(text)) if not any(start <= at < end for start, end in gone)]
    offsets = (*(said.offsets[at] for at in kept), said.offsets[-1])
    return Normalised("".join(text[at] for at in kept), said.original, offsets)


def without_slips(text: str) -> str:
    """``text`` without the values that the speaker took back in the same breath: 12号楼 哦不对 11号楼."""
    return _SECOND_THOUGHT.sub("", _EXPLAINED.sub("", text))

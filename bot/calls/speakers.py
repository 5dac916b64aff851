"""Who speaks in a call (pure): where each speaks on a channel of their own, which is the operator's; what is plainly an operator's sentence.

What an operator says is never taken for what the citizen says. Where a recording has one channel the voices cannot be told apart: sentences
that only an operator says are left out, and the draft says that it is mixed.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from bot.calls.model import Segment, Speaker
from bot.speech.message import SURE

_YOU = "(?:您|你)(?!们)"
_OPERATOR = re.compile(
    r"12345(?:市民|政务|便民|服务)*热线[，,]?(?:请问|很高兴|为您|有什么)"
    r"|(?:您好|你好)[，,。]?(?:这里是)?(?:本市|[\u4e00-\u9fff]{2}市?)?(?:12345|幺二三四五|一二三四五)"
    r"|(?:工号|话务员)[\d一二三四五六七八九零幺]{2,}"
    rf"|有什么(?:可以|能)?(?:帮|为){_YOU}|请问(?:{_YOU})?(?:有什么(?:诉求|需要|可以)|(?:想|要)(?:反映|咨询))"
    rf"|请问{_YOU}(?:的|贵姓|怎么称呼|是|方便|具体|在|哪|反映|大概|现在)|请问(?:贵姓|怎么称呼|具体(?:地址|位置))"
    rf"|{_YOU}(?:的)?(?:联系电话|手机号码?|电话号码|联系方式|姓名|具体地址|详细地址)(?:是多少|是什么|方便|能|可以|请|再)"
    rf"|{_YOU}(?:贵姓|怎么称呼)|{_YOU}方便(?:留|提供|告诉|说)(?:一下|我|个)?"
    rf"|(?:我|这边|我们|已经?)(?:来|先|再)?(?:帮|为|给){_YOU}(?:登记|记录|反映|转办|查询|核实|派发|下单|提交|受理)"
    rf"|(?:诉求|问题|工单|情况)(?:我)?(?:已经?|都)?(?:为|帮|给){_YOU}(?:登记|记录|受理|派发|转派|提交)"
    rf"|(?:承办单位|相关(?:单位|部门)|属地)(?:会|将)[^，。]{{0,12}}(?:与|和|跟|联系|回复|答复){_YOU}"
    rf"|还有(?:什么|别的|其他)(?:问题|需要|诉求)[^，。]{{0,6}}(?:吗|么)|感谢{_YOU}的?(?:来电|致电)"
    rf"|对(?:我|本次)(?:的)?服务(?:进行|做出|作出)?(?:一个)?评价|祝{_YOU}生活愉快|请{_YOU}(?:稍等|保持电话畅通|不要挂机|别挂机)"
)
"""What operators of such hotlines say and citizens do not."""
_SENTENCES = re.compile(r"(?<=[。？！；?!;])")
_CLAUSES = re.compile(r"(?<=[，,。？！；?!;])")
_LONG_CLAUSE = 12
"""Characters besides an operator's from which a clause may hold words of both."""
_WITH_ASSENT = re.compile(rf"(?:(?:好的?|行|嗯)[，,。])?(?:{_OPERATOR.pattern})")
_CUT = "\x00"
OVERLAP = 0.3
"""Seconds by which two stretches that follow each other may overlap."""
_LIKELY_FIRST = 20.0
"""Seconds in which the one who greets is heard first."""


def is_operators(text: str) -> bool:
    """Whether a sentence is one that operators say and citizens do not."""
    return _OPERATOR.search(text) is not None


def assign(segments: Sequence[Segment], caller_channel: int | None) -> tuple[tuple[Segment, ...], bool]:
    """Say of each stretch who speaks, and whether the speakers could not be told apart.

    A stretch that says itself who speaks is left as it is. Of a recording with two channels the operator's is the one on which more is said
    that only operators say, or, where neither is, it cannot be told.

    Args:
        segments: Of one call, in any order.
        caller_channel: On which channel the caller speaks, where that is known.

    Returns:
        The stretches with their speaker, and True when some are still unknown.
    """
    channels = {one.channel for one in segments if one.channel is not None and one.speaker == "unknown"}
    caller = caller_channel
    if caller is None and len(channels) > 1:
        caller = _caller_of(segments)
    if len(channels) > 1 or (caller_channel is not None and caller_channel in channels):
        segments = [_on_channel(one, caller) for one in segments]
    return tuple(segments), any(one.speaker == "unknown" for one in segments)


def without_covered(told: Sequence[tuple[int, Segment]]) -> list[tuple[int, Segment]]:
    """Without stretches that were never finished where a finished one of the same speaker covers them by another name: said once, not twice.

    Args:
        told: Each stretch of a call with its revision.
    """
    spans = [(one.speaker, one.start, one.until) for _revision, one in told if one.final]
    return [
        (revision, one)
        for revision, one in told
        if one.final or not any(_covers(span, one) for span in spans if span[0] == one.speaker)
    ]


def _covers(span: tuple[str, float, float], one: Segment) -> bool:
    _speaker, start, until = span
    return start - OVERLAP <= one.start < max(until - OVERLAP, start + OVERLAP)


def words_of_caller(segments: Iterable[Segment]) -> str:
    """What the caller surely said, in order of time; of speakers that are not told apart without what operators say.

    As of voice notes only stretches of :data:`bot.speech.message.SURE` count: nothing is filed from a guess. Clerks are shown all of it.
    """
    said = []
    for one in sorted(segments, key=lambda segment: (segment.start, segment.until)):
        if one.speaker == "operator" or (one.confidence is not None and one.confidence < SURE):
            continue
        text = one.text.strip()
        if one.speaker == "unknown":
            text = _without_operator(text).strip()
        if text:
            said.append(text if text[-1] in "，。？！、；…,.?!;" else f"{text}。")
    return "".join(said)


def _without_operator(text: str) -> str:
    """The text without the clauses that only operators say; of a long one, heard without marks, only those words go."""
    marked = _WITH_ASSENT.sub(_CUT, text)
    kept = [part for part in _CLAUSES.split(marked) if _CUT not in part or len(part) > _LONG_CLAUSE]
    return "".join(kept).replace(_CUT, "")


def _on_channel(segment: Segment, caller: int | None) -> Segment:
    if segment.speaker != "unknown" or segment.channel is None or caller is None:
        return segment
    speaker: Speaker = "caller" if segment.channel == caller else "operator"
    return replace(segment, speaker=speaker)


def _caller_of(segments: Sequence[Segment]) -> int | None:
    """The channel that is not the operator's; None where the two do not differ enough."""
    score: dict[int, float] = defaultdict(float)
    for one in segments:
        if one.channel is None:
            continue
        hits = sum(is_operators(sentence) for sentence in _SENTENCES.split(one.text))
        score[one.channel] += hits * (2.0 if one.start < _LIKELY_FIRST else 1.0)
    ordered = sorted(score, key=lambda channel: -score[channel])
    if len(ordered) != 2 or score[ordered[0]] == score[ordered[1]]:
        return None
    return ordered[1]

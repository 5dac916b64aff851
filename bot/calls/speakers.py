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

_OPERATOR = re.compile(
    r"12345(?:市民|政务|服务)?(?:便民)?(?:服务)?热线(?:，|,)?(?:请问|很高兴|为您)"
    r"|(?:您好|你好)[，,。]?(?:这里是)?(?:北京|本市)?(?:市)?(?:12345|幺二三四五|一二三四五)"
    r"|(?:工号|话务员)[\d一二三四五六七八九零幺]{2,}"
    r"|有什么(?:可以|能)(?:帮|为)[您你]|(?:请问)?(?:有)?什么(?:诉求|需要帮助|可以帮到)"
    r"|请问(?:您|你)?(?:的|贵姓|怎么称呼|是|方便|具体|在|哪|反映|这个|那个|什么时候|大概|现在)"
    r"|(?:您|你)(?:的)?(?:联系电话|手机号|电话号码|联系方式|姓名|具体地址|详细地址)(?:是多少|是什么|方便|能|可以|请|再)"
    r"|(?:您|你)(?:贵姓|怎么称呼)|方便(?:留|提供|告诉)(?:一下|我|个)?"
    r"|(?:我|这边|我们|已经?)(?:来)?(?:帮|为|给)(?:您|你)(?:登记|记录|反映|转办|查询|核实|派发|下单|提交|受理)"
    r"|(?:诉求|问题|工单|情况)(?:已经?|都)?(?:为您|帮您|给您)?(?:登记|记录|受理|派发|转派|提交)(?:好了|下来了|完毕|成功)?[，,。]?(?:请|稍后|会有|相关|承办|单位|感谢)"
    r"|(?:承办单位|相关(?:单位|部门)|属地)(?:会|将)(?:尽快)?(?:在|与|和|跟|联系|处理)"
    r"|(?:还有|请问还有)(?:什么|别的|其他)(?:问题|需要|诉求|事情)?[^，。]{0,6}(?:吗|么|需要)|感谢(?:您|你)(?:的)?(?:来电|致电)|(?:请)?(?:稍后)?对(?:我|本次)(?:的)?服务(?:进行|做出|作出)?(?:一个)?评价"
    r"|祝(?:您|你)生活愉快|请(?:您|你)(?:稍等|保持电话畅通|不要挂机|别挂机|讲|说|先)"
)
"""What operators of such hotlines say and citizens do not."""
SURE = 0.45
"""Confidence from which a stretch counts, as for voice notes: nothing is filed from a guess. All of it is shown to clerks."""
_SENTENCES = re.compile(r"(?<=[。？！；?!;])")
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


def words_of_caller(segments: Iterable[Segment]) -> str:
    """What the caller surely said, in order of time; of speakers that are not told apart without what operators say."""
    said = []
    for one in sorted(segments, key=lambda segment: (segment.start, segment.until)):
        if one.speaker == "operator" or (one.confidence is not None and one.confidence < SURE):
            continue
        text = one.text.strip()
        if one.speaker == "unknown":
            text = "".join(part for part in _SENTENCES.split(text) if not is_operators(part))
        if text:
            said.append(text if text[-1] in "，。？！、；…,.?!;" else f"{text}。")
    return "".join(said)


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

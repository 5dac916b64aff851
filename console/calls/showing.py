"""How calls are shown to staff: labels in Chinese, missing fields and reasons in words, numbers of people half hidden but from who works on it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.calls.model import Call, CallDetail, Draft, Part, Segment
from bot.cases import CaseDraft
from bot.cases.draft import is_settled
from bot.catalogue import Slot
from bot.speech.message import SURE
from console.showing import mask

SPEAKERS = {"caller": "市民", "operator": "话务员", "unknown": "说话人不明"}
STATES = {
    "open": "等待整理",
    "draft": "等待办理",
    "empty": "无人说话",
    "filed": "已立案",
    "continued": "市民已接着办理",
    "dropped": "不立案",
    "erased": "市民要求删除",
}
STEPS = {
    "opened": "来电",
    "ended": "通话结束",
    "drafted": "整理出草稿",
    "changed": "修改草稿",
    "read": "查看完整号码",
    "listened": "听录音",
    "heard_again": "再识别一次录音",
    "linked": "生成给市民的链接",
    "filed": "立案",
    "continued": "市民接着办理",
    "dropped": "不立案",
    "taken_up": "恢复办理",
    "late_words": "后来的话已记入案件",
    "came_back": "办结后又收到新的话，请再看",
    "erased": "市民要求删除",
}
DROPS = {
    "no_request": "没有诉求",
    "answered": "已当场答复",
    "repeated": "重复来电，已有案件",
    "nuisance": "骚扰或误拨",
    "other": "其他",
}
"""Why a clerk makes no case, in the order of the choice."""
REJECTED = {
    "no_speech": "录音里没有人说话。",
    "unclear": "有人说话，但一句也没听清。请听录音，把诉求写下来。",
    "unheard": "录音一直没能识别。请听录音，把诉求写下来。",
    "empty": "录音是空的。",
    "too_large": "录音太大，没有识别。请听录音，把诉求写下来。",
    "not_audio": "文件不是录音，没法识别。",
    "broken": "录音损坏，没法识别。",
    "truncated": "录音不完整，只有一部分，没能识别。请听录音，把诉求写下来。",
    "too_long": "录音太长，没有识别。请听录音，把诉求写下来。",
    "too_many_channels": "录音的声道太多，没法识别。请听录音，把诉求写下来。",
}
NOT_HEARD = "没能听出内容。请听录音，把诉求写下来。"
MISSING = {
    "content": "诉求内容",
    "location": "具体地点",
    "district": "区",
    "street": "街道或乡镇",
    "time": "时间",
    "contact": "联系电话",
}
_GAP = re.compile(r"\{([^}]*)\}")
_FIELDS = {
    "content": "content",
    "location": "place",
    "district": "place",
    "street": "place",
    "time": "occurred",
}


def state_in_words(call: Call) -> str:
    """Where a call stands."""
    if call.state != "open":
        return STATES[call.state]
    if call.ended_at is not None:
        return "等待整理"
    return "通话中" if call.source == "live" else "等待识别"


def missing_in_words(missing: Sequence[str]) -> str:
    """What is missing of a call, for the list: ``具体地点、时间``, clarifying questions by their number."""
    fields = [words for name, words in MISSING.items() if name in missing]
    asked = sum(name not in MISSING for name in missing)
    return "、".join([*fields, *([f"{asked} 个关键情况"] if asked else [])])


def missing_at(part: Part | None, field: str) -> str:
    """What is missing at one field of the form (``content``, ``place``, ``occurred``)."""
    return "、".join(MISSING[name] for name in (part.missing if part else ()) if _FIELDS.get(name) == field)


def questions_of(part: Part | None, slots: Mapping[str, Slot]) -> list[str]:
    """Clarifying questions that are open: their answers may decide who is responsible."""
    return [slots[name].question for name in (part.missing if part else ()) if name in slots]


def unit_of(case: CaseDraft) -> str:
    """Who would be responsible; a gap in a unit's name is said in words."""
    if not case.lead_unit:
        return "还定不了承办单位，立案后由派单员来派"
    if is_settled(case.lead_unit_id, case.lead_unit):
        return case.lead_unit
    name = _GAP.sub(r"（\1待定）", case.lead_unit)
    return f"{name}，立案后由派单员来派"


def is_unsure(segment: Segment) -> bool:
    """Whether a stretch was not heard well enough to make something of it."""
    return not segment.final or (segment.confidence is not None and segment.confidence < SURE)


def minutes(seconds: float) -> str:
    """``02:07`` from the beginning of a call."""
    whole = max(0, int(seconds))
    return f"{whole // 60:02d}:{whole % 60:02d}"


def masked(detail: CallDetail) -> CallDetail:
    """A call with numbers of people half hidden in everything that was said: once nobody has to decide on it any more."""
    return replace(
        detail,
        segments=tuple(replace(one, text=mask(one.text)) for one in detail.segments),
        draft=None if detail.draft is None else _masked_draft(detail.draft),
        caller=None if detail.caller is None else mask(detail.caller),
        late=tuple(mask(one) for one in detail.late),
    )


def _masked_draft(draft: Draft) -> Draft:
    return replace(draft, parts=tuple(replace(part, case=_masked_case(part.case)) for part in draft.parts))


def _masked_case(case: CaseDraft) -> CaseDraft:
    return replace(
        case,
        content=mask(case.content),
        place_text=None if case.place_text is None else mask(case.place_text),
        contact_phone=None if case.contact_phone is None else mask(case.contact_phone),
    )

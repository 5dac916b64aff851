"""How a handover is shown to staff: labels in Chinese, numbers of people half hidden but from its clerk."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from bot.clock import in_city
from bot.handover import Handover, HandoverDetail, Waiting
from console.showing import mask

REASONS = {"asked": "市民要求", "stuck": "机器人没能帮上", "danger": "有危险"}
STATES = {
    "waiting": "等待接手",
    "taken": "处理中",
    "handed_back": "已交回机器人",
    "withdrawn": "市民不再需要",
    "erased": "市民要求删除",
}
CHANNELS = {"web": "网页", "wechat": "微信", "telegram": "Telegram", "voice": "电话", "terminal": "终端"}
SPEAKERS = {"citizen": "市民", "bot": "诉达", "clerk": "人工客服"}
STEPS = {
    "opened": "市民转人工",
    "asked_again": "市民再次要求",
    "taken": "接手",
    "taken_over": "从同事处接手",
    "handed_back": "交回机器人",
    "withdrawn": "市民不再需要",
    "erased": "市民要求删除",
    "read": "查看完整号码",
}
UNTOLD = {
    "window_shut": "没能送达：市民 48 小时没有说话，微信不让发；他再来时第一时间告诉他",
    "budget_spent": "没能送达：微信允许的条数用完了；他再来时第一时间告诉他",
    "blocked": "没能送达：市民不再关注或屏蔽了我们；他再来时告诉他",
    "passive_only": "还没送达：这个公众号只能在市民说话时回复；他再来时告诉他",
    "gone": "没能送达：这个会话已经不在了；他再来时告诉他",
    "no_channel": "还没送达：这个渠道现在没有开通；开通后他再来时告诉他",
    "unsure": "不确定是否送达：发出后平台没有回音；他再来时再说一遍",
}
"""Why a line has not reached the citizen."""
NOT_TOLD = "没能送达，平台拒收这条消息；请电话联系"


def facts_json(handover: Handover) -> dict[str, Any]:
    """A handover without words, for the API; moments in the city's time."""
    return _plain(
        {name: value for name, value in asdict(handover).items() if name not in ("citizen_id", "repeated")}
    )


def waiting_json(waiting: Waiting) -> dict[str, Any]:
    """A row of the queue; the summary masked, None when it cannot be read."""
    summary = waiting.summary
    return facts_json(waiting.handover) | {"summary": None if summary is None else mask(summary)}


def masked(detail: HandoverDetail) -> HandoverDetail:
    """A handover with numbers of people half hidden in everything that was said: for whoever does not hold it."""
    words = detail.words
    if words is not None:
        words = replace(
            words,
            summary=mask(words.summary),
            fields={label: mask(value) for label, value in words.fields.items()},
            transcript=tuple((by, mask(said)) for by, said in words.transcript),
        )
    lines = tuple(replace(line, text=mask(line.text)) for line in detail.conversation)
    return replace(detail, words=words, conversation=lines)


def detail_json(detail: HandoverDetail, *, is_masked: bool) -> dict[str, Any]:
    """A whole handover as it is given; without words when they cannot be read or are no longer kept."""
    words = detail.words
    return facts_json(detail.handover) | {
        "masked": is_masked,
        "readable": words is not None,
        "expired": detail.expired,
        "summary": None if words is None else words.summary,
        "fields": {} if words is None else words.fields,
        "transcript": [] if words is None else [{"by": by, "text": said} for by, said in words.transcript],
        "conversation": [_plain(asdict(line)) for line in detail.conversation],
        "steps": [_plain(asdict(step)) for step in detail.steps],
    }


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    return {name: _as_json(value) for name, value in values.items()}


def _as_json(value: Any) -> Any:
    if isinstance(value, datetime):
        return in_city(value).isoformat()
    return str(value) if isinstance(value, UUID) else value

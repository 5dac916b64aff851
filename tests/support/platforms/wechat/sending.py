"""What an account may send to citizens: customer-service messages, "is typing", templates, subscription notices."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from tests.support.platforms.wechat.account import Template
from tests.support.platforms.wechat.citizens import Citizen
from tests.support.platforms.wechat.passive import TEXT_LIMIT

if TYPE_CHECKING:
    from tests.support.platforms.wechat.platform import WeChatPlatform

_LIMITS = {"thing": 20, "phrase": 5, "character_string": 32, "number": 32}
"""Characters of a subscription notice's values, by what their keys begin with."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a call ended: its code, what else the answer holds, and what a person wants to know of it."""

    errcode: int
    others: dict[str, Any] = field(default_factory=dict)
    detail: str = ""


def send_custom(platform: WeChatPlatform, body: dict[str, Any]) -> Outcome:
    """``message/custom/send``: text, msgmenu or image, within what the citizen's last deeds allow."""
    citizen = platform.find(body.get("touser"))
    if citizen is None:
        return Outcome(40003)
    kind = body.get("msgtype")
    part = body.get(kind) if isinstance(kind, str) else None
    if kind not in ("text", "msgmenu", "image"):
        return Outcome(40008, detail=str(kind))
    if not isinstance(part, dict):
        return Outcome(47001)
    code, text, buttons = _content(platform, kind, part)
    code = code or (45015 if not citizen.follows else citizen.windows.take())
    if code:
        return Outcome(code, detail=text)
    citizen.show("custom", text, buttons=buttons, media_id=part.get("media_id"))
    return Outcome(0, detail=f"还可以发 {citizen.windows.left()} 条\n{text}")


Content = tuple[int, str, tuple[tuple[str, str], ...]]


def _content(platform: WeChatPlatform, kind: str, part: dict[str, Any]) -> Content:
    if kind == "image":
        return (0 if platform.media.find(part.get("media_id")) else 40007), "[图片]", ()
    if kind == "text":
        text = part.get("content")
        if not isinstance(text, str):
            return 47001, "", ()
        return (44004 if not text.strip() else 45002 if len(text.encode()) > TEXT_LIMIT else 0), text, ()
    entries = part.get("list")
    well = isinstance(entries, list) and all(
        isinstance(one, dict)
        and isinstance(one.get("id"), str)
        and isinstance(one.get("content"), str)
        and one["content"]
        for one in entries
    )
    texts = [part.get("head_content", ""), part.get("tail_content", "")]
    if not well or not entries or not all(isinstance(text, str) for text in texts):
        return 47001, "", ()
    text = "\n".join(text for text in texts if text)
    size = len(text.encode()) + sum(len(one["content"].encode()) for one in entries)
    return 45002 if size > TEXT_LIMIT else 0, text, tuple((one["id"], one["content"]) for one in entries)


def send_typing(platform: WeChatPlatform, body: dict[str, Any]) -> Outcome:
    """``message/custom/typing``: shortly after a citizen's message only, and not while it is shown already."""
    citizen = platform.find(body.get("touser"))
    command = body.get("command")
    if citizen is None:
        return Outcome(40003)
    if command not in ("Typing", "CancelTyping"):
        return Outcome(45072)
    if citizen.windows.since_message() > platform.times.typing_after:
        return Outcome(45080)
    if command == "CancelTyping":
        citizen.typing_until = float("-inf")
    elif citizen.typing:
        return Outcome(45081)
    else:
        citizen.typing_until = citizen.windows.now() + platform.times.typing
        citizen.signs.append(datetime.now(UTC))
    return Outcome(0, detail=command)


def send_template(platform: WeChatPlatform, body: dict[str, Any]) -> Outcome:
    """``message/template/send``: to followers at any time; the account hears afterwards whether it arrived."""
    citizen, template, code = _addressed(platform, body, once=False)
    if citizen is None or template is None:
        return Outcome(code)
    if not citizen.follows:
        return Outcome(43004)
    values = _values(body, template)
    if values is None:
        return Outcome(47003)
    text = _as_card(template, values)
    citizen.show("template", text)
    number = platform.template_sent(citizen.openid)
    return Outcome(0, {"msgid": number}, text)


def send_subscribed(platform: WeChatPlatform, body: dict[str, Any]) -> Outcome:
    """``message/subscribe/bizsend``: each notice uses up one consent of the citizen."""
    citizen, template, code = _addressed(platform, body, once=True)
    if citizen is None or template is None:
        return Outcome(code)
    template_id = body["template_id"]
    if not citizen.consents[template_id]:
        return Outcome(43101)
    values = _values(body, template)
    if values is None or any(_too_long(name, value) for name, value in values.items()):
        return Outcome(47003)
    citizen.consents[template_id] -= 1
    text = _as_card(template, values)
    citizen.show("subscribe", text)
    return Outcome(0, detail=text)


def _addressed(
    platform: WeChatPlatform, body: dict[str, Any], *, once: bool
) -> tuple[Citizen | None, Template | None, int]:
    citizen = platform.find(body.get("touser"))
    if citizen is None:
        return None, None, 40003
    template_id = body.get("template_id")
    template = platform.account.templates.get(template_id) if isinstance(template_id, str) else None
    if template is None or template.once is not once:
        return citizen, None, 40037
    return citizen, template, 0


def _values(body: dict[str, Any], template: Template) -> dict[str, str] | None:
    """The data's values, when the keys are those of the template and each value is a text."""
    data = body.get("data")
    if not isinstance(data, dict):
        return None
    values: dict[str, str] = {}
    for name, part in data.items():
        value = part.get("value") if isinstance(part, dict) else None
        if not isinstance(value, str) or not value:
            return None
        values[name] = value
    return values if not template.fields or set(values) == set(template.fields) else None


def _too_long(name: str, value: str) -> bool:
    return len(value) > _LIMITS.get(name.rstrip("0123456789"), 1000)


def _as_card(template: Template, values: dict[str, str]) -> str:
    return "\n".join([f"【{template.title}】", *(f"{name}：{value}" for name, value in values.items())])

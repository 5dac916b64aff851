"""Tells citizens what WeChat's own request did not wait for: customer-service messages within their budget."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import structlog

from bot.connector.rendering import BETWEEN, Capabilities, is_receipt, render, split, utf8_size
from bot.errors import CannotTell, PlatformAway, RateLimited
from bot.intake.delivery import Recipient
from bot.intake.windows import WindowRule, Windows
from bot.messages import Button, Reply
from channels.wechat.api import WeChatApi
from channels.wechat.passive import TEXT_LIMIT
from channels.wechat.templates import Templates

log = structlog.get_logger(__name__)

RULES = (WindowRule("event", 3, 60.0), WindowRule("message", 5, 48 * 3600.0))
"""Three within a minute of a menu click, a follow or a scan; five within 48 hours of a message (domain.md section 9)."""
KEPT_BACK = 1
"""Messages of the longer window that only a case's number may use."""
MORE_TRIES = 4
PAUSE = 1.0
"""Tries of a later part, and seconds between them."""
CHOICES = Capabilities(text_limit=TEXT_LIMIT - 400, size=utf8_size, buttons=10)
"""A menu's head and its choices share a message."""
MENU_TAIL = "（点上面的选项，或直接说）"

Message = tuple[str, tuple[Button, ...]]


class WeChatSender:
    """See :class:`bot.intake.delivery.Sender`.

    Args:
        api: The account.
        windows: How much of the budget is left to whom.
        templates: For what falls outside it.
        only_answers: The account cannot send at all.
    """

    at_once = 50

    def __init__(
        self, api: WeChatApi, windows: Windows, templates: Templates, *, only_answers: bool = False
    ) -> None:
        self._api = api
        self._windows = windows
        self._templates = templates
        self._only_answers = only_answers

    async def send(self, to: Recipient, replies: Sequence[Reply]) -> int:
        """Send the first reply, or several in one message when the budget is short of them."""
        if self._only_answers:
            raise CannotTell("passive_only")
        left = await self._windows.left(to.citizen_id)
        together = list(replies[:1]) if left - KEPT_BACK >= len(replies) else fitting(replies)
        keep = 0 if any(map(is_receipt, together)) else KEPT_BACK
        messages = messages_of(together)
        if len(messages) > 1 and left - keep < len(messages):
            return await self._outside(to, replies[0])  # half a message is none
        for number, message in enumerate(messages):
            kind = await self._windows.take(to.citizen_id, keep=keep)
            if kind is None:
                if number:
                    raise CannotTell("unsure", count=len(together))
                return await self._outside(to, replies[0])
            try:
                await self._send_one(to, message, kind, tries=MORE_TRIES if number else 1)
            except CannotTell as error:
                raise CannotTell(error.code, count=len(together)) from error
            except (PlatformAway, RateLimited) as error:
                if number:
                    raise CannotTell("unsure", count=len(together)) from error
                raise
        return len(together)

    async def _send_one(self, to: Recipient, message: Message, kind: str, *, tries: int) -> None:
        """Send one message; a later part of a text that has begun is tried a few times before the whole is given up."""
        for left in range(tries - 1, -1, -1):
            try:
                await self._api.post("/cgi-bin/message/custom/send", _body(to.address, *message))
            except CannotTell as error:
                if error.code in ("window_shut", "budget_spent", "blocked"):
                    await self._windows.shut(to.citizen_id)
                raise
            except (PlatformAway, RateLimited):
                if left:
                    await asyncio.sleep(PAUSE)
                    continue
                await self._windows.give_back(to.citizen_id, kind)
                raise
            else:
                return

    async def _outside(self, to: Recipient, reply: Reply) -> int:
        """Tell it outside the budget, where a template was agreed on with WeChat; else say why it cannot be told."""
        if await self._templates.send(to.address, reply):
            return 1
        raise CannotTell("budget_spent" if await self._windows.is_open(to.citizen_id) else "window_shut")


def fitting(replies: Sequence[Reply]) -> list[Reply]:
    """As many replies, from the first on, as one message carries; at least one."""
    many = len(replies)
    while many > 1 and len(messages_of(replies[:many])) > 1:
        many -= 1
    return list(replies[:many])


def messages_of(replies: Sequence[Reply]) -> list[Message]:
    """Replies as messages: their texts in as few as they fit in, the last one's choices as a menu."""
    *others, last = replies
    menu = render(last, CHOICES)
    numbered = [text for reply in others for text in render(reply, Capabilities(10**6, utf8_size)).texts]
    text = BETWEEN.join([*numbered, *menu.texts])
    limit = CHOICES.text_limit if menu.buttons else TEXT_LIMIT
    parts = split(text, limit, utf8_size)
    return [*((part, ()) for part in parts[:-1]), (parts[-1], menu.buttons)]


def _body(openid: str, text: str, buttons: tuple[Button, ...]) -> dict[str, Any]:
    """A customer-service message; choices become a ``msgmenu``, whose clicks come back as the citizen's text."""
    if not buttons:
        return {"touser": openid, "msgtype": "text", "text": {"content": text}}
    choices = [{"id": str(number), "content": button.title} for number, button in enumerate(buttons, 1)]
    menu = {"head_content": text, "list": choices, "tail_content": MENU_TAIL}
    return {"touser": openid, "msgtype": "msgmenu", "msgmenu": menu}

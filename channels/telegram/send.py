"""One reply to one chat, its errors by meaning."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import replace

import structlog
from telegram import LinkPreviewOptions
from telegram.error import InvalidToken, TelegramError

from bot.connector.rendering import BETWEEN, Capabilities, Rendered, render, utf16_size
from bot.errors import CannotTell, ChannelError, RateLimited
from bot.intake.delivery import Recipient
from bot.messages import Reply
from channels.telegram.buttons import MOST_BUTTONS, Keyboard, keyboard
from channels.telegram.client import Client
from channels.telegram.meaning import TOKEN_REFUSED, meaning
from channels.telegram.pace import Pace

_log = structlog.get_logger(__name__)

CAN = Capabilities(text_limit=4096, size=utf16_size, buttons=MOST_BUTTONS, asks_place=True)
_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
_BEGUN = 1_000
"""Replies of several messages whose begin was sent."""


class TelegramSender:
    """Sends; one a process.

    A reply that is longer than one message goes as several. When one of them cannot go, the next try begins with it; only
    another process, which knows nothing of the first ones, sends those again.

    Args:
        client: The Bot API.
        pace: How fast.
    """

    def __init__(self, client: Client, pace: Pace) -> None:
        self._client = client
        self._pace = pace
        self._begun: OrderedDict[bytes, int] = OrderedDict()

    at_once = 8

    async def send(self, to: Recipient, replies: Sequence[Reply]) -> int:
        """Bring the first reply, or the first few; see :class:`bot.intake.delivery.Sender`."""
        count, rendered = together(replies)
        chat, last = to.address, len(rendered.texts) - 1
        mark = _mark(chat, rendered.texts)
        begin = self._begun.pop(mark, 0)
        for number in range(begin, last + 1):
            try:
                await self._pace.turn(chat)
                await self._send(chat, rendered.texts[number], keyboard(rendered) if number == last else None)
            except CannotTell as error:
                raise CannotTell(error.code, count=count) from error
            except ChannelError:
                self._remember(mark, number)
                raise
        return count

    async def _send(self, chat: str, text: str, shown: Keyboard | None) -> None:
        try:
            await self._client.send_message(
                int(chat),
                text.encode("utf-8", "replace").decode(),
                reply_markup=shown,
                link_preview_options=_NO_PREVIEW,
            )
        except TelegramError as error:
            found = meaning(error)
            if isinstance(found, RateLimited):
                self._pace.hold(chat, found.after or 1.0)
            elif isinstance(found, CannotTell) and found.code == "unsure":
                _log.warning("telegram_reply_unsure", cause=type(error.__cause__ or error).__name__)
            elif isinstance(error, InvalidToken):
                _log.error("telegram_token_refused", what=TOKEN_REFUSED)
            raise found from error

    def _remember(self, mark: bytes, number: int) -> None:
        if number:
            self._begun[mark] = number
            if len(self._begun) > _BEGUN:
                self._begun.popitem(last=False)


def together(replies: Sequence[Reply]) -> tuple[int, Rendered]:
    """The first few replies as one message, and how many they are: a chat takes one message a second.

    Choices and what asks for a place stay under the words that they belong to, so such a reply is the last of its message.
    """
    first, *others = (render(reply, CAN) for reply in replies)
    count = 1
    for one in others:
        if first.buttons or first.ask_place or len(first.texts) + len(one.texts) > 2:
            break
        text = BETWEEN.join((*first.texts, *one.texts))
        if CAN.size(text) > CAN.text_limit:
            break
        first = replace(one, texts=(text,))
        count += 1
    return count, first


def _mark(chat: str, texts: Sequence[str]) -> bytes:
    words = "\x00".join((chat, *texts)).encode("utf-8", "surrogatepass")
    return hashlib.blake2b(words, digest_size=16).digest()

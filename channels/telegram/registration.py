"""What Telegram must know of us: where to bring updates, and the chat's menu."""

from __future__ import annotations

import asyncio

import structlog
from telegram import BotCommand
from telegram.error import InvalidToken, TelegramError

from channels.telegram.client import Client
from channels.telegram.meaning import TOKEN_REFUSED
from channels.telegram.parse import ALLOWED
from channels.telegram.words import MENU

_log = structlog.get_logger(__name__)

LONGEST_PAUSE = 300.0


async def keep_registering(client: Client, webhook_url: str, secret: str) -> None:
    """Register until it succeeds: Telegram may be away when we start, and the web page must not wait for it."""
    pause = 1.0
    while True:
        try:
            await register(client, webhook_url, secret)
        except InvalidToken:
            _log.error("telegram_token_refused", what=TOKEN_REFUSED)
            pause = LONGEST_PAUSE
        except TelegramError as error:
            _log.warning("telegram_not_registered", error=type(error).__name__, again_in=pause)
        else:
            return
        await asyncio.sleep(pause)
        pause = min(2 * pause, LONGEST_PAUSE)


async def register(client: Client, webhook_url: str, secret: str) -> None:
    """Set webhook and menu where they are not so already.

    Args:
        client: The Bot API.
        webhook_url: Where updates are to be brought; empty: the webhook is left as it is.
        secret: What Telegram is to show.

    Raises:
        TelegramError: It could not be done.
    """
    if webhook_url:
        info = await client.get_webhook_info()
        # Telegram does not tell the secret; that it is an old one shows in our refusals.
        refused = "403" in (info.last_error_message or "")
        same = info.url == webhook_url and set(info.allowed_updates or ()) == set(ALLOWED)
        if refused or not same:
            await client.set_webhook(webhook_url, allowed_updates=list(ALLOWED), secret_token=secret)
            _log.info("telegram_webhook_set")
    menu = [BotCommand(name, what) for name, what in MENU]
    if list(await client.get_my_commands()) != menu:
        await client.set_my_commands(menu)

"""What an error of the Bot API means for a reply (pure)."""

from __future__ import annotations

import httpx
from telegram.error import BadRequest, ChatMigrated, Conflict, Forbidden, InvalidToken, TelegramError

from bot.errors import CannotTell, ChannelError, DeliveryError, PlatformAway, RateLimited
from channels.telegram.client import ServerTrouble, TooFast

_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError, RuntimeError)
"""Nothing reached the platform; RuntimeError: our client is closed already, the process ends."""
_NO_CHAT = ("chat not found", "user not found", "peer_id_invalid", "user_is_deactivated", "chat_id is empty")

TOKEN_REFUSED = "Telegram refuses the bot's token; set SUDA_TELEGRAM_TOKEN to what @BotFather shows. Until then replies wait."  # noqa: S105


class FinalError(DeliveryError):
    """The platform does not take this reply, now or later."""

    final = True


def meaning(error: TelegramError) -> ChannelError:
    """Our error for one of the library's; to be raised from it.

    What may have arrived is ``CannotTell("unsure")``: it is not sent again by itself. 500 is tried a few times, for the
    platform says that it failed; 504 tells nothing of what is behind the gateway.
    """
    if isinstance(error, TooFast):
        return RateLimited("Telegram wants us to wait for this chat.", after=error.after)
    if isinstance(error, ServerTrouble):
        return _server_trouble(error.status)
    if isinstance(error, Forbidden):
        return CannotTell("blocked")
    if isinstance(error, ChatMigrated):
        return CannotTell("gone")
    if isinstance(error, BadRequest):
        known = any(words in error.message.lower() for words in _NO_CHAT)
        return CannotTell("gone") if known else FinalError("Telegram does not take this reply.")
    if isinstance(error, InvalidToken):
        return PlatformAway(TOKEN_REFUSED)
    if isinstance(error, Conflict) or isinstance(error.__cause__, _NOT_SENT):
        return PlatformAway("Telegram cannot be reached.")
    if isinstance(error.__cause__, UnicodeError):
        return FinalError("The reply cannot be written as UTF-8.")
    return CannotTell("unsure")


def _server_trouble(status: int) -> ChannelError:
    if status == 500:
        return DeliveryError("Telegram failed with this reply.")
    return CannotTell("unsure") if status == 504 else PlatformAway(f"Telegram answered {status}.")

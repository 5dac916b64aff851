"""Messages and updates in the shapes that core.telegram.org/bots/api documents."""

from __future__ import annotations

import time
from typing import Any

from tests.support.platforms.telegram.world import Told, World


def person(chat_id: int) -> dict[str, Any]:
    return {
        "id": chat_id,
        "is_bot": False,
        "first_name": "市民",
        "last_name": "张",
        "language_code": "zh-hans",
    }


def chat(chat_id: int, kind: str = "private") -> dict[str, Any]:
    if kind != "private":
        return {"id": chat_id, "type": kind, "title": "小区群"}
    return {"id": chat_id, "type": kind, "first_name": "市民", "last_name": "张"}


def citizens_message(
    chat_id: int, message_id: int, *, kind: str = "private", **content: Any
) -> dict[str, Any]:
    """A message that a citizen sent; ``content`` holds ``text``, ``photo``, ``voice`` and the like."""
    sender = chat_id if kind == "private" else 991
    message = {
        "message_id": message_id,
        "from": person(sender),
        "chat": chat(chat_id, kind),
        "date": int(time.time()),
        **content,
    }
    text = content.get("text", "")
    if text.startswith("/"):
        length = len(text.split()[0])
        message["entities"] = [{"type": "bot_command", "offset": 0, "length": length}]
    return message


def bots_message(world: World, chat_id: int, told: Told) -> dict[str, Any]:
    """A message of the bot, as its calls return it and as a pressed button shows it."""
    message: dict[str, Any] = {
        "message_id": told.message_id,
        "from": world.bot,
        "chat": chat(chat_id),
        "date": int(told.at.timestamp()),
        "text": told.text,
    }
    if told.markup and "inline_keyboard" in told.markup:
        message["reply_markup"] = told.markup
    return message


def photo_sizes(file_id: str, size: int) -> list[dict[str, Any]]:
    return [
        {"file_id": f"{file_id}-s", "file_unique_id": f"u{file_id}s", "width": 90, "height": 67, "file_size": 1200},
        {"file_id": file_id, "file_unique_id": f"u{file_id}", "width": 1280, "height": 960, "file_size": size},
    ]  # fmt: skip


def voice(file_id: str, size: int) -> dict[str, Any]:
    return {
        "file_id": file_id,
        "file_unique_id": f"u{file_id}",
        "duration": 4,
        "mime_type": "audio/ogg",
        "file_size": size,
    }

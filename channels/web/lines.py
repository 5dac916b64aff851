"""How a line of a conversation looks in JSON, in the history and on the stream alike."""

from __future__ import annotations

from typing import Any

from channels.web.port import Line
from channels.web.sender import message_id_of


def line_json(line: Line) -> dict[str, Any]:
    """``{"key", "from", "at", "text", "buttons", "data"?, "message_id"?}``.

    ``key`` names the line for ever, so that a page shows it once however often it hears of it: the ``message_id`` for
    what the citizen said, ``r<id>`` for what the bot said. ``message_id`` is the message that a line is or answers.
    """
    body: dict[str, Any] = {
        "key": line_key(line),
        "from": line.said_by,
        "at": line.at.isoformat(),
        **line.reply.as_json(),
    }
    if line.external_id is not None:
        body["message_id"] = message_id_of(line.external_id)
    return body


def line_key(line: Line) -> str:
    """The line's name on the page."""
    if line.said_by == "citizen" and line.external_id is not None:
        return message_id_of(line.external_id)
    return f"r{line.id}"

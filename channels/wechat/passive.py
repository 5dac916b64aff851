"""The answer to WeChat's own request: a text, which costs nothing of the budget and carries everything in one message."""

from __future__ import annotations

import time
from collections.abc import Sequence

from wechatpy.replies import TextReply

from bot.connector.rendering import BETWEEN, Capabilities, render, split, utf8_size
from bot.messages import Reply

TEXT_LIMIT = 2048
"""Bytes of a text, passive or not."""
PLAIN = Capabilities(text_limit=TEXT_LIMIT * 8, size=utf8_size)
CUT = "\n……（内容较长，后面的请在网页上查看，或换个问法）"

SUCCESS = "success"
"""Accepted; nothing to show."""


def joined(replies: Sequence[Reply]) -> str:
    """Several replies as one text, choices with numbers."""
    return BETWEEN.join(text for reply in replies for text in render(reply, PLAIN).texts)


def fitting(replies: Sequence[Reply]) -> int:
    """How many replies, from the first on, one text carries."""
    for many in range(len(replies), 0, -1):
        if utf8_size(joined(replies[:many])) <= TEXT_LIMIT:
            return many
    return 0


def fitting_or_first(replies: Sequence[Reply]) -> int:
    """As :func:`fitting`, at least one: where nothing can be sent besides, a long text is cut."""
    return max(1, fitting(replies))


def cut(text: str) -> str:
    """A text within the limit; what is left out is said to be."""
    if utf8_size(text) <= TEXT_LIMIT:
        return text
    return split(text, TEXT_LIMIT - utf8_size(CUT), utf8_size)[0] + CUT


def text_reply(openid: str, account: str, text: str) -> str:
    """The XML of a passive text."""
    safe = text.replace("]]>", "]]]]><![CDATA[>")
    reply = TextReply(source=account, target=openid, time=int(time.time()), content=safe)
    xml: str = reply.render()
    return xml

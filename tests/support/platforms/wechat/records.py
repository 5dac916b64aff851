"""What the platform remembers: each try, each call of its interface, each thing a citizen said or saw."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Outcome = Literal["silent", "passive", "timeout", "no_connection", "cut", "status", "wrong"]
How = Literal["passive", "custom", "template", "subscribe", "system"]

FAULT = "该公众号提供的服务出现故障，请稍后再试"
"""What WeChat itself tells a citizen whose message the account did not take."""


@dataclass(frozen=True, slots=True)
class Pressable:
    """Something to press: an entry of a message menu.

    Attributes:
        title: Its words.
        press: What :meth:`WeChatPlatform.press` wants: ``menu:<number of the message>:<the entry's id>``.
    """

    title: str
    press: str


@dataclass(frozen=True, slots=True)
class Said:
    """What a citizen did.

    Attributes:
        n: Place in their conversation, from 1.
        at: When.
        text: In words.
        media_id: Of a photo or voice note.
        is_event: Whether it was no message (a follow, a click).
    """

    n: int
    at: datetime
    text: str
    media_id: str | None = None
    is_event: bool = False


@dataclass(frozen=True, slots=True)
class Seen:
    """What a citizen saw.

    Attributes:
        n: Place in their conversation, from 1.
        at: When.
        how: Passive reply, customer-service message, template or subscription notice; ``system``: WeChat's own words.
        text: The text, or what stands for it (``[图片]``).
        buttons: Entries of a message menu.
        msg_id: The message that a passive reply answers.
        media_id: Of a picture.
    """

    n: int
    at: datetime
    how: How
    text: str
    buttons: tuple[Pressable, ...] = ()
    msg_id: int | None = None
    media_id: str | None = None


@dataclass(frozen=True, slots=True)
class Try:
    """One request to the account's webhook.

    Attributes:
        n: Place among all tries and calls, from 1.
        openid: Whose message.
        kind: MsgType or Event.
        msg_id: None for events.
        number: First, second, third; those of a repeated message count on.
        at: When it began.
        seconds: How long it took.
        outcome: ``silent`` and ``passive``: accepted; ``wrong``: an answer that is none; the others are tried again.
        detail: What was wrong.
    """

    n: int
    openid: str
    kind: str
    msg_id: int | None
    number: int
    at: datetime
    seconds: float
    outcome: Outcome
    detail: str = ""

    @property
    def accepted(self) -> bool:
        """Whether the account took the message by it."""
        return self.outcome in ("silent", "passive")


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the platform's interface.

    Attributes:
        n: Place among all tries and calls, from 1.
        path: Such as ``message/custom/send``.
        errcode: 0: well.
        at: When it came.
        seconds: How long it took.
        detail: What a person wants to know of it: no token, no secret.
        cut: ``before`` or ``after`` it was worked on, its connection was broken.
    """

    n: int
    path: str
    errcode: int
    at: datetime
    seconds: float
    detail: str = ""
    cut: str = ""


@dataclass(slots=True)
class MessageResult:
    """What became of one message.

    Attributes:
        openid: Whose.
        msg_id: None for events.
        tries: In order, with those of a repetition.
        shown: The passive reply the citizen saw, or WeChat's word that the service is out of order.
    """

    openid: str
    msg_id: int | None
    tries: list[Try] = field(default_factory=list)
    shown: Seen | None = None

    @property
    def outcome(self) -> Literal["silent", "passive", "fault"]:
        """How it ended; of a repeated message, how its first acceptance ended."""
        for one in self.tries:
            if one.outcome in ("silent", "passive"):
                return "silent" if one.outcome == "silent" else "passive"
        return "fault"

    @property
    def first_try(self) -> float:
        """Seconds of the first try: how long the account took to acknowledge."""
        return self.tries[0].seconds

    @property
    def accepted_at_once(self) -> bool:
        """Whether the first try was accepted."""
        return self.tries[0].accepted

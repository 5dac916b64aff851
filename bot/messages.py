"""What passes between channels and the core: a citizen's message in, replies out."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class Incoming:
    """One message of a citizen, as a channel verified it.

    Attributes:
        channel: Name of the channel, such as ``web``.
        address: The sender as the channel knows it (cookie id, openid, chat id). Personal data.
        external_id: The channel's own id of this message; with ``channel`` it is unique for ever.
        text: What was said, unchanged.
        sent_at: When it was said; all relative times ("昨天") count from here.
        payload: Channel facts that later steps may need (location, media id). No secrets.
        held: The platform waits for the reply to this very request; see :meth:`bot.intake.Reception.hand_over`.
        opens: Window of unasked messages that this one opens, on platforms that count them (domain.md section 9).
    """

    channel: str
    address: str
    external_id: str
    text: str
    sent_at: datetime
    payload: dict[str, Any] = field(default_factory=dict)
    held: bool = False
    opens: Literal["message", "event"] | None = None


@dataclass(frozen=True, slots=True)
class Button:
    """A choice offered with a reply; pressing it is the same as saying ``says``."""

    title: str
    says: str


@dataclass(frozen=True, slots=True)
class Reply:
    """One thing the bot says, before a channel renders it.

    Attributes:
        text: Plain Chinese text; line breaks are kept.
        buttons: Choices in the order to show them.
        data: Machine-readable facts for rich channels (a filed case's number, sources). Optional.
    """

    text: str
    buttons: tuple[Button, ...] = ()
    data: dict[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """The stable form of ``POST /api/chat/messages``: ``{"text", "buttons": [{"title", "says"}], "data"?}``."""
        body: dict[str, Any] = {
            "text": self.text,
            "buttons": [{"title": button.title, "says": button.says} for button in self.buttons],
        }
        if self.data:
            body["data"] = self.data
        return body

    @classmethod
    def from_json(cls, body: dict[str, Any]) -> Reply:
        """The reverse of :meth:`as_json`."""
        return cls(
            text=body["text"],
            buttons=tuple(Button(title=b["title"], says=b["says"]) for b in body.get("buttons", ())),
            data=body.get("data", {}),
        )

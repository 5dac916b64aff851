"""What a stand-in must offer so that its one demo citizen can be played in the browser."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol


@dataclass(frozen=True, slots=True)
class Press:
    """Something to press; ``press`` is what ``POST /phone/say`` takes."""

    title: str
    press: str


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the conversation.

    Attributes:
        n: Its number, from 1, growing.
        sender: Who said it.
        text: In words, also for a photo.
        at: When.
        buttons: What can be pressed under it.
        note: How it came, in a few words (被动回复).
        photo: Address of a picture, on this server.
        event: Whether it is a deed rather than words (a follow): shown in the middle.
    """

    n: int
    sender: Literal["citizen", "bot"]
    text: str
    at: datetime
    buttons: Sequence[Press] = ()
    note: str = ""
    photo: str | None = None
    event: bool = False


@dataclass(frozen=True, slots=True)
class WireNote:
    """One exchange between platform and bot, for the page's side.

    Attributes:
        n: Its number, from 1, growing.
        way: ``in``: the platform called the bot's webhook; ``out``: the bot called the platform.
        title: What was called.
        detail: What came of it.
        well: Whether it went well.
        seconds: How long it took.
        at: When.
    """

    n: int
    way: Literal["in", "out"]
    title: str
    detail: str
    well: bool
    seconds: float
    at: datetime


class Phone(Protocol):
    """The demo citizen of one stand-in. What the citizen does returns at once; the platform goes on by itself.

    Attributes:
        platform: ``wechat`` or ``telegram``.
        title: The bot's or account's name.
    """

    platform: str
    title: str

    def say(self, text: str) -> None:
        """Say something."""

    def press(self, press: str) -> None:
        """Press something.

        Raises:
            LookupError: There is no such thing to press.
        """

    def send_location(self, latitude: float, longitude: float, label: str) -> None:
        """Send a place."""

    def send_photo(self, content: bytes) -> None:
        """Send a photo."""

    def send_voice(self, content: bytes) -> None:
        """Send a voice note."""

    def typing(self) -> bool:
        """Whether the platform shows that the other side is writing."""

    def lines(self, after: int) -> Sequence[Line]:
        """The conversation behind line ``after``."""

    def wire(self, after: int) -> Sequence[WireNote]:
        """What went over the wire behind note ``after``."""

    def menu(self) -> Sequence[Press]:
        """What can always be pressed: the account's menu, the bot's commands."""

    def deeds(self) -> Sequence[Press]:
        """What else a citizen can do on this platform, such as to follow."""

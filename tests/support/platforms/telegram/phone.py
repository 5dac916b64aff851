"""The demo citizen of the Telegram stand-in, as the phone page plays them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import TYPE_CHECKING, Any

from tests.support.platforms.phone import Line, Press, WireNote
from tests.support.platforms.telegram.world import Told

if TYPE_CHECKING:
    from tests.support.platforms.telegram.stand_in import TelegramStandIn

CITIZEN = 880_001
HERE = (39.9087, 116.3975)
"""Where the citizen stands who presses "send my place"."""


class TelegramPhone:
    """One citizen's phone.

    Args:
        stand_in: Where they are a citizen.
    """

    platform = "telegram"
    title = "诉达"

    def __init__(self, stand_in: TelegramStandIn) -> None:
        self._stand_in = stand_in
        self._tasks: set[asyncio.Task[Any]] = set()

    def say(self, text: str) -> None:
        """Say something."""
        self._do(self._stand_in.say(CITIZEN, text))

    def press(self, press: str) -> None:
        """Press a button of a message (``key:<message>:<data>``), of the keyboard (``say:``, ``place:``), or do a deed."""
        what, _, value = press.partition(":")
        if what == "key":
            message, _, data = value.partition(":")
            if not any(one.press == press for line in self.lines(0) for one in line.buttons):
                raise LookupError("there is no such thing to press")
            self._do(self._stand_in.press_data(CITIZEN, int(message), data))
            return
        presses: dict[str, Callable[[], Coroutine[Any, Any, Any]]] = {
            "say": lambda: self._stand_in.say(CITIZEN, value),
            "place": lambda: self._stand_in.location(CITIZEN, *HERE),
            "block": lambda: self._block(blocked=True),
            "unblock": lambda: self._block(blocked=False),
        }
        if what not in presses:
            raise LookupError("there is no such thing to press")
        self._do(presses[what]())

    def send_location(self, latitude: float, longitude: float, label: str) -> None:
        """Send a place; with a label it is a venue."""
        self._do(self._stand_in.location(CITIZEN, latitude, longitude, label))

    def send_photo(self, content: bytes) -> None:
        """Send a photo."""
        self._do(self._stand_in.photo(CITIZEN, content))

    def send_voice(self, content: bytes) -> None:
        """Send a voice note."""
        self._do(self._stand_in.voice(CITIZEN, content))

    def typing(self) -> bool:
        """Whether the chat shows that the bot is writing."""
        return self._stand_in.world.chat(CITIZEN).typing

    def lines(self, after: int) -> Sequence[Line]:
        """The conversation behind line ``after``."""
        return [_line(one) for one in self._stand_in.world.chat(CITIZEN).messages if one.n > after]

    def wire(self, after: int) -> Sequence[WireNote]:
        """Exchanges behind note ``after``."""
        found = self._stand_in.world.wire[after:]
        return [
            WireNote(
                n, "in" if one.way == "in" else "out", one.title, one.detail, one.well, one.seconds, one.at
            )
            for n, one in enumerate(found, start=after + 1)
        ]

    def menu(self) -> Sequence[Press]:
        """The bot's commands."""
        return [Press(one["description"], f"say:/{one['command']}") for one in self._stand_in.world.commands]

    def deeds(self) -> Sequence[Press]:
        """Starting, blocking, unblocking."""
        return [Press("开始", "say:/start"), Press("拉黑机器人", "block"), Press("解除拉黑", "unblock")]

    def _do(self, work: Coroutine[Any, Any, Any]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _block(self, *, blocked: bool) -> None:
        self._stand_in.block(CITIZEN, blocked=blocked)


def _line(told: Told) -> Line:
    sender = "bot" if told.by == "bot" else "citizen"
    return Line(told.n, sender, told.text, told.at, _buttons(told), photo=told.photo)  # type: ignore[arg-type]


def _buttons(told: Told) -> tuple[Press, ...]:
    markup = told.markup or {}
    inline = [
        Press(button["text"], f"key:{told.message_id}:{button['callback_data']}")
        for row in markup.get("inline_keyboard", ())
        for button in row
    ]
    own = [
        Press(button["text"], "place:" if button.get("request_location") else f"say:{button['text']}")
        for row in markup.get("keyboard", ())
        for button in row
    ]
    return tuple(inline + own)

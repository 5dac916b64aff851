"""What the Bot API's errors mean for a reply."""

from __future__ import annotations

import httpx
import pytest
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    TelegramError,
    TimedOut,
)

from bot.errors import CannotTell, DeliveryError, PlatformAway, RateLimited
from channels.telegram.client import ServerTrouble, TooFast
from channels.telegram.meaning import FinalError, meaning


def caused(error: TelegramError, cause: Exception) -> TelegramError:
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    "error",
    [
        caused(NetworkError("x"), httpx.ConnectError("x")),
        caused(TimedOut(), httpx.ConnectTimeout("x")),
        caused(TimedOut(), httpx.PoolTimeout("x")),
        caused(NetworkError("x"), RuntimeError("closed")),
        InvalidToken(),
        Conflict("x"),
        ServerTrouble(502),
        ServerTrouble(503),
    ],
)
def test_what_surely_did_not_arrive_waits(error: TelegramError) -> None:
    assert isinstance(meaning(error), PlatformAway)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (caused(TimedOut(), httpx.ReadTimeout("x")), "unsure"),
        (caused(TimedOut(), httpx.WriteTimeout("x")), "unsure"),
        (caused(NetworkError("x"), httpx.ReadError("x")), "unsure"),
        (caused(NetworkError("x"), httpx.RemoteProtocolError("x")), "unsure"),
        (TelegramError("no JSON"), "unsure"),
        (ServerTrouble(504), "unsure"),
        (Forbidden("Forbidden: bot was blocked by the user"), "blocked"),
        (BadRequest("Bad Request: chat not found"), "gone"),
        (ChatMigrated(5), "gone"),
    ],
)
def test_what_cannot_be_told_has_its_reason(error: TelegramError, code: str) -> None:
    found = meaning(error)
    assert isinstance(found, CannotTell)
    assert found.code == code


def test_waiting_says_how_long() -> None:
    found = meaning(TooFast(7))
    assert isinstance(found, RateLimited)
    assert found.after == 7


def test_what_telegram_does_not_take_is_final_and_its_own_failure_is_not() -> None:
    assert isinstance(meaning(BadRequest("Bad Request: message is too long")), FinalError)
    assert meaning(BadRequest("x")).final  # type: ignore[union-attr]
    failure = meaning(ServerTrouble(500))
    assert type(failure) is DeliveryError
    assert not failure.final

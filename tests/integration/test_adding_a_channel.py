"""docs/channels/adding.md is right: its code, put under channels/, is a channel."""

from __future__ import annotations

import asyncio
import json
import re
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from aiohttp import web

import channels
from bot.custody import erase
from bot.errors import CannotTell, ConfigError, PlatformAway
from bot.intake.delivery import Recipient
from bot.messages import Reply
from bot.settings import PROJECT, Settings
from serve.connectors import channel_module
from tests.support.connected import connected
from tests.support.town import Town, town

PAGE = PROJECT / "docs" / "channels" / "adding.md"
MOST_LINES = 150


class Homeserver:
    """As much of a Matrix homeserver as one room needs, over a real socket."""

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []
        self.told: list[tuple[str, str]] = []
        self.authorised = True
        self.syncs: list[str] = []
        self.statuses: list[int] = []
        """Of the next calls that send; 200 from then on."""
        self._had: set[str] = set()

    def say(self, text: str, sender: str = "@citizen:here", **others: Any) -> None:
        number = len(self.events) + 1
        event = {
            "type": "m.room.message",
            "event_id": f"$event-{number}",
            "sender": sender,
            "origin_server_ts": int(time.time() * 1000),
            "content": {"msgtype": "m.text", "body": text},
        }
        self.events.append(event | others)

    def heard(self) -> list[str]:
        return [text for _room, text in self.told]

    async def sync(self, request: web.Request) -> web.Response:
        self.authorised &= request.headers.get("Authorization") == "Bearer token-of-the-bot"
        self.syncs.append(request.query.get("since", ""))
        since = int(request.query.get("since", "0"))
        for _ in range(200):
            if len(self.events) > since:
                break
            await asyncio.sleep(0.02)
        timeline = {"timeline": {"events": self.events[since:]}}
        answer = {"next_batch": str(len(self.events)), "rooms": {"join": {"!room:here": timeline}}}
        return web.json_response(text=json.dumps(answer))

    async def send(self, request: web.Request) -> web.Response:
        status = self.statuses.pop(0) if self.statuses else 200
        if status == 200 and request.match_info["id"] not in self._had:
            self._had.add(request.match_info["id"])
            self.told.append((request.match_info["room"], (await request.json())["body"]))
        return web.json_response({"event_id": "$sent"}, status=status)

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[str]:
        app = web.Application()
        app.router.add_get("/_matrix/client/v3/sync", self.sync)
        app.router.add_put("/_matrix/client/v3/rooms/{room}/send/m.room.message/{id}", self.send)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            yield f"http://127.0.0.1:{runner.addresses[0][1]}"
        finally:
            await runner.cleanup()


def code() -> str:
    (found,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    return str(found)


@pytest.fixture
def matrix(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    folder = tmp_path / "more_channels" / "matrix"
    folder.mkdir(parents=True)
    (folder / "__init__.py").write_text(code(), encoding="utf-8")
    monkeypatch.setattr(channels, "__path__", [*channels.__path__, str(folder.parent)])
    yield
    sys.modules.pop("channels.matrix", None)


def test_the_example_is_small() -> None:
    assert len(code().splitlines()) < MOST_LINES


@pytest.fixture
async def server(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Homeserver]:
    server = Homeserver()
    async with server.serving() as url:
        for name, value in {"URL": url, "TOKEN": "token-of-the-bot", "USER": "@suda:here"}.items():
            monkeypatch.setenv(f"SUDA_MATRIX_{name}", value)
        yield server


@pytest.fixture
async def here(
    database_url: str,
    tmp_path: Path,
    matrix: None,
    server: Homeserver,
) -> AsyncIterator[Town]:
    async with town(database_url, tmp_path, channels=("matrix",)) as opened:
        yield opened


def forget_place(here: Town) -> None:
    """As on a new machine."""
    (here.settings.data_dir / "matrix.since").unlink()


async def until_told(server: Homeserver, times: int) -> None:
    for _ in range(200):
        if len(server.told) >= times:
            return
        await asyncio.sleep(0.05)
    pytest.fail(f"{times} things were to be told, and {len(server.told)} were.")


async def until_received(server: Homeserver) -> None:
    """Until it is asked for what comes after all there is: then the bot is done with that."""
    async with asyncio.timeout(10):
        while str(len(server.events)) not in server.syncs:  # noqa: ASYNC110 - another's list
            await asyncio.sleep(0.02)


async def test_the_example_receives_answers_and_doubles_nothing(here: Town, server: Homeserver) -> None:
    server.say("你好")
    server.say("我自己说的", sender="@suda:here")
    for _ in range(2):
        async with connected(here):
            server.say("一件事")
            await until_told(server, len(server.events) - 1)
        forget_place(here)  # so that the second start is given the same events once more
    said = [turn["text"] for turn in here.turns()]
    assert said == ["你好", "一件事", "一件事"]
    assert server.told == [("!room:here", f"收到：{text}") for text in said]
    assert server.authorised


async def test_the_example_does_not_bring_an_erased_citizen_back(here: Town, server: Homeserver) -> None:
    server.say("你好")
    async with connected(here):
        await until_told(server, 1)
        await until_received(server)
    citizen = await here.mailbox.find("matrix", "!room:here")
    assert citizen is not None
    async with here.database.session() as session, session.begin():
        await erase(session, citizen, datetime.now(UTC))
    server.syncs.clear()
    async with connected(here):  # it knows how far it has received
        await until_received(server)
        assert await here.mailbox.find("matrix", "!room:here") is None
    forget_place(here)
    server.events[0]["origin_server_ts"] -= 2 * 3600 * 1000
    server.syncs.clear()
    async with connected(here):  # it does not know, and takes nothing old
        await until_received(server)
        assert await here.mailbox.find("matrix", "!room:here") is None
        server.say("我又来了")
        await until_told(server, 2)
    assert server.heard() == ["收到：你好", "收到：我又来了"]


async def test_what_was_said_while_the_example_was_down_is_answered_however_old(
    here: Town, server: Homeserver
) -> None:
    server.say("你好")
    async with connected(here):
        await until_told(server, 1)
        await until_received(server)
    server.say("夜里说的", origin_server_ts=int(time.time() - 8 * 3600) * 1000)
    async with connected(here):
        await until_told(server, 2)
    assert server.heard() == ["收到：你好", "收到：夜里说的"]


MALFORMED: dict[str, dict[str, Any]] = {
    "time is a string": {"origin_server_ts": "昨天"},
    "time is no time": {"origin_server_ts": 10**30},
    "content is a list": {"content": ["m.text"]},
    "content is nothing": {"content": None},
    "body is a number": {"content": {"body": 12345}},
    "body is half a character": {"content": {"body": "\ud800"}},
    "id is a number": {"event_id": 7},
    "id cannot be stored": {"event_id": "$\0"},
    "type is missing": {"type": None},
}


async def test_an_event_that_cannot_be_read_holds_up_nobody(here: Town, server: Homeserver) -> None:
    server.say("之前")
    for changed in MALFORMED.values():
        server.say("坏的", **changed)
    server.events += ["没有形状", None]  # type: ignore[list-item]
    server.say("之后")
    async with connected(here):
        await until_told(server, 2)
        await until_received(server)
        await asyncio.sleep(0.2)
    assert server.heard() == ["收到：之前", "收到：之后"]
    assert server.syncs.count("") == 1  # nothing was asked for again


async def test_who_writes_too_fast_is_told_once(here: Town, server: Homeserver) -> None:
    for number in range(35):
        server.say(f"第{number}句")
    async with connected(here):
        await until_told(server, 31)
        await until_received(server)
    told = [text for text in server.heard() if "太快" in text]
    assert 1 <= len(told) <= 2  # two where a minute ended between them
    assert len(here.turns()) == 30


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_the_first_part_of_a_reply_is_not_sent_again_when_the_second_fails(
    here: Town, server: Homeserver, status: int
) -> None:
    long = Reply("\n".join("路灯坏了" * 100 for _ in range(60)))
    async with connected(here, worker=False) as app:
        sender = app.connectors["matrix"].sender
        assert sender is not None
        to = Recipient(uuid4(), "!room:here")
        server.statuses = [200, status]
        with pytest.raises(CannotTell) as raised:
            await sender.send(to, [long])
        assert raised.value.code == "unsure"
        assert len(server.told) == 1
        server.statuses = [503]
        with pytest.raises(PlatformAway):
            await sender.send(to, [long])


def test_a_name_without_a_folder_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ConfigError, match="there is no folder channels/pigeon"):
        channel_module("pigeon")
    with pytest.raises(ConfigError, match="needs no setting"):
        channel_module("web")


def test_names_of_channels_are_read_from_one_line() -> None:
    assert Settings(_env_file=None, channels="wechat, matrix").channels == ("wechat", "matrix")
    with pytest.raises(ValueError, match="small letters"):
        Settings(_env_file=None, channels="../etc")

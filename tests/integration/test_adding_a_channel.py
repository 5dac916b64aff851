"""docs/channels/adding.md is right: its code, put under channels/, is a channel."""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

import channels
from bot.errors import ConfigError
from bot.settings import PROJECT, Settings
from serve.connectors import channel_module
from tests.support.connected import connected
from tests.support.town import town

PAGE = PROJECT / "docs" / "channels" / "adding.md"
MOST_LINES = 150


class Homeserver:
    """As much of a Matrix homeserver as one room needs, over a real socket."""

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []
        self.told: list[tuple[str, str]] = []
        self.authorised = True

    def say(self, text: str, sender: str = "@citizen:here") -> None:
        number = len(self.events) + 1
        self.events.append(
            {
                "type": "m.room.message",
                "event_id": f"$event-{number}",
                "sender": sender,
                "origin_server_ts": 1795600000000 + number,
                "content": {"msgtype": "m.text", "body": text},
            }
        )

    async def sync(self, request: web.Request) -> web.Response:
        self.authorised &= request.headers.get("Authorization") == "Bearer token-of-the-bot"
        since = int(request.query.get("since", "0"))
        for _ in range(200):
            if len(self.events) > since:
                break
            await asyncio.sleep(0.02)
        timeline = {"timeline": {"events": self.events[since:]}}
        return web.json_response(
            {"next_batch": str(len(self.events)), "rooms": {"join": {"!room:here": timeline}}}
        )

    async def send(self, request: web.Request) -> web.Response:
        self.told.append((request.match_info["room"], (await request.json())["body"]))
        return web.json_response({"event_id": "$sent"})

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


@pytest.mark.usefixtures("matrix")
async def test_the_example_receives_answers_and_doubles_nothing(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = Homeserver()
    server.say("你好")
    server.say("我自己说的", sender="@suda:here")
    async with server.serving() as url, town(database_url, tmp_path, channels=("matrix",)) as here:
        for name, value in {"URL": url, "TOKEN": "token-of-the-bot", "USER": "@suda:here"}.items():
            monkeypatch.setenv(f"SUDA_MATRIX_{name}", value)
        for _ in range(2):  # the second start is given the same events once more
            async with connected(here):
                server.say("一件事")
                for _ in range(200):
                    if len(server.told) >= len(server.events) - 1:
                        break
                    await asyncio.sleep(0.05)
        said = [turn["text"] for turn in here.turns()]
    assert said == ["你好", "一件事", "一件事"]
    assert server.told == [("!room:here", f"收到：{text}") for text in said]
    assert server.authorised


def test_a_name_without_a_folder_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ConfigError, match="there is no folder channels/pigeon"):
        channel_module("pigeon")
    with pytest.raises(ConfigError, match="needs no setting"):
        channel_module("web")


def test_names_of_channels_are_read_from_one_line() -> None:
    assert Settings(_env_file=None, channels="wechat, matrix").channels == ("wechat", "matrix")
    with pytest.raises(ValueError, match="small letters"):
        Settings(_env_file=None, channels="../etc")

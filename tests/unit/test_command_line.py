"""What a person at a terminal notices: whatever is typed or piped in, the command goes on."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from aiohttp import web

from bot.errors import DialogueError
from bot.messages import Button
from bot.settings import PROJECT
from serve.cli.chat import pressed, show_played
from serve.cli.output import progress_lines
from serve.session import Caller

AT = datetime(2026, 11, 23, 7, tzinfo=UTC)
OFFERED = (Button("今天", "今天"), Button("昨天", "昨天开始的"))


@pytest.mark.parametrize("said", ["2", " 2 ", "２"])
def test_a_number_presses_a_button(said: str) -> None:
    assert pressed(said, OFFERED) == "昨天开始的"


@pytest.mark.parametrize("said", ["²", "③", "0", "3", "", "2号楼", "2" * 5000])
def test_what_is_no_buttons_number_is_said_as_it_is(said: str) -> None:
    assert pressed(said, OFFERED) == said


def test_a_conversation_is_shown_as_it_was_said(capsys: pytest.CaptureFixture[str]) -> None:
    played = {"id": "[/x]", "turns": [{"user": "[/b] 灯坏了 [red]", "bot": ["[/i] 好"]}], "cases": []}
    show_played(played)
    shown = capsys.readouterr().out
    assert "[/x]" in shown
    assert "[/b] 灯坏了 [red]" in shown
    assert "[/i] 好" in shown


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1", "ascii"])
def test_half_a_character_does_not_end_a_batch(encoding: str, tmp_path: Path) -> None:
    script = tmp_path / "emit.py"
    script.write_text(
        "from serve.cli import main\n"
        "from serve.cli import app\n"
        "from serve.cli.output import emit\n"
        "@app.command('emit')\n"
        "def emit_both() -> None:\n"
        "    emit({'query': '\\ud800停水'})\n"
        "    emit({'query': '下一行'})\n"
        "main()\n",
        encoding="utf-8",
    )
    done = subprocess.run(
        [sys.executable, str(script), "emit"],
        cwd=PROJECT,
        env={**os.environ, "PYTHONPATH": str(PROJECT), "PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    lines = [json.loads(line) for line in done.stdout.decode("utf-8").splitlines()]
    assert lines == [{"query": "\ud800停水"}, {"query": "下一行"}]


class Town:
    """A system that dies in the middle of requests and comes back."""

    def __init__(self) -> None:
        self.cut = 0
        self.heard: list[str] = []

    def _cut(self, request: web.Request) -> None:
        """Break the connection, as often as was asked for."""
        if self.cut:
            self.cut -= 1
            assert request.transport is not None
            request.transport.close()

    async def cases(self, request: web.Request) -> web.Response:
        """Nothing was filed."""
        self._cut(request)
        return web.json_response({"cases": []})

    async def message(self, request: web.Request) -> web.Response:
        """Say that it was received."""
        self.heard.append((await request.json())["message_id"])
        self._cut(request)
        return web.json_response({"messages": [{"text": "收到", "buttons": []}]})


@pytest.fixture
async def town() -> AsyncIterator[tuple[Town, str]]:
    one = Town()
    app = web.Application()
    app.router.add_get("/api/cases", one.cases)
    app.router.add_post("/api/chat/messages", one.message)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    assert runner.addresses
    yield one, f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


async def test_a_conversation_goes_on_when_the_system_comes_back(town: tuple[Town, str]) -> None:
    one, url = town
    async with Caller(url, "key") as caller:
        await caller.say("s", "0", "你好", AT)
        one.cut = 2
        replies = await caller.say("s", "1", "停水", AT)
        one.cut = 2
        assert await caller.cases("s", []) == []
    assert [reply.text for reply in replies] == ["收到"]
    assert one.heard == ["0", "1", "1", "1"]  # the same message: it is not said twice


async def test_where_nothing_ever_answered_it_is_said_at_once(town: tuple[Town, str]) -> None:
    one, url = town
    one.cut = 1
    async with Caller(url, "key") as caller:
        with pytest.raises(DialogueError, match="does not answer"):
            await caller.say("s", "0", "你好", AT)
    assert one.heard == ["0"]


@pytest.mark.parametrize(
    ("total", "lines"),
    [
        (484_000_000, [f"small: {10 * tenth} %" for tenth in range(1, 11)]),
        (0, [f"small: {100 * hundred} MB" for hundred in range(1, 5)]),
    ],
)
def test_progress_in_a_log_is_few_lines(
    capsys: pytest.CaptureFixture[str], total: int, lines: list[str]
) -> None:
    heed = progress_lines("small")
    for done in range(0, 484_000_001, 1_000_000):
        heed(done, total)
    assert capsys.readouterr().out.splitlines() == lines

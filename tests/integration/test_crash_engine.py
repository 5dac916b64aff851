"""The whole path with the real engine, which dies while an action of its turn runs."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path
from typing import Any

import pytest

from bot.intake import Listener, Mailbox
from bot.settings import Settings
from bot.storage import Database
from bot.storage.secrets import get_vault
from tests.support.engine_process import SECRET, ActionServer, Engine, engine
from tests.support.ports import free_port
from tests.support.town import LEFT, Town

pytestmark = [pytest.mark.engine, pytest.mark.slow]  # an engine takes ten seconds to start, and here two do


async def test_a_turn_whose_engine_died_is_answered_once_and_files_under_one_key(
    database_url: str, tmp_path: Path
) -> None:
    port = free_port()
    settings = Settings(
        _env_file=None,
        data_dir=tmp_path,
        engine_secret=SECRET,
        engine_url=f"http://127.0.0.1:{port}",
    )
    vault, listener = get_vault(settings), Listener(database_url)
    mailbox = Mailbox(database_url, vault, listener)
    actions = ActionServer()
    doomed: list[Engine] = []

    def submit(body: dict[str, Any]) -> tuple[int, Any]:
        if doomed:
            doomed.pop().process.send_signal(signal.SIGKILL)
        return ActionServer.says("订好了。")(body)

    actions.answers["action_submit_order"] = submit
    async with Database(database_url) as database, listener, mailbox:
        here = Town(settings, database_url, database, vault, listener, mailbox, tmp_path / "none")
        async with here.worker():
            with engine(tmp_path, database_url, actions.url, port) as first:
                for text in ("我要订货", "大的", "红色", "3"):
                    assert await here.hears(await here.say(text))
                doomed.append(first)
                last = await here.say("要")
                await asyncio.to_thread(first.process.wait, 30)
            with engine(tmp_path, database_url, actions.url, port):
                assert await here.hears(last, 60) == ["订好了。"]
                assert await here.hears(await here.say("你好"), 60)
    actions.close()
    submitted = actions.named("action_submit_order")
    keys = [call["tracker"]["latest_message"]["metadata"]["inbox_id"] for call in submitted]
    assert (
        keys == [last.inbox_id] * 2
    )  # the case is filed by this id, so the second call finds the first one's case
    assert await here.fetch(
        "SELECT count(*) FROM outbox WHERE inbox_id = %s AND kind = 'reply'", last.inbox_id
    ) == [(1,)]
    assert await here.fetch(LEFT) == [(0,)]

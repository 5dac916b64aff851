"""The web server's questions to the actions, in a process of their own and away."""

from __future__ import annotations

from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any, cast

import aiohttp
import pytest

from actions.services import Services
from bot.calls.model import Alarm, Draft, Told
from bot.clock import now
from bot.errors import StorageError
from bot.settings import Settings
from bot.storage import Database
from console.readiness import Part
from serve.actions import create_actions
from serve.app import create_app
from serve.backroom import Apart
from tests.support.light_services import light_services
from tests.support.platforms.serving import serving
from tests.support.ports import free_port

FIRE = SimpleNamespace(name="火情", call="119", advice="请离开")


def hearing(settings: Settings, database: Database) -> Services:
    """The parts without models, with an ear for one danger."""
    light = light_services(settings, database)
    ear = SimpleNamespace(
        may_be_danger=lambda text: "火" in text,
        find_emergency=lambda text: FIRE if "着火" in text else None,
        catalogue=SimpleNamespace(version="2026-01"),
    )
    return Services(
        light.settings, database, light.vault, cast("Any", ear), light.dispatcher, light.knowledge
    )


@pytest.fixture
def settings(database_url: str, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("DATABASE_URL", database_url)
    return Settings(data_dir=tmp_path, actions_port=free_port(), _env_file=None)  # type: ignore[call-arg]


@pytest.fixture
async def room(settings: Settings) -> AsyncIterator[Apart]:
    async with aiohttp.ClientSession() as http:
        yield Apart(settings, http)


async def test_actions_apart_say_what_is_danger_and_what_is_loaded(settings: Settings, room: Apart) -> None:
    app = create_actions(settings, build=hearing)
    async with app.router.lifespan_context(app), serving(app, settings.actions_port):
        assert await room.may_be_danger("三楼着火了")
        assert not await room.may_be_danger("路灯坏了")
        assert await room.parts() == {
            "actions": Part(ready=True),
            "knowledge": Part(ready=True, detail="1 articles"),
            "understanding": Part(ready=True, detail="catalogue 2026-01"),
        }


async def test_what_nobody_can_judge_counts_as_danger(room: Apart) -> None:
    assert await room.may_be_danger("路灯坏了")
    parts = await room.parts()
    assert sorted(parts) == ["actions", "knowledge", "understanding"]
    assert not any(part.ready for part in parts.values())


async def test_calls_are_told_of_dangers_and_drafted_there(settings: Settings, room: Apart) -> None:
    app = create_actions(settings, build=hearing)
    async with app.router.lifespan_context(app), serving(app, settings.actions_port):
        assert await room.alarm("三楼着火了") == Alarm("火情", "请立即拨打 119。请离开。")
        assert await room.alarm("我在吃火锅") is None
        assert await room.draft(Told("", now())) == Draft()


async def test_while_nobody_can_say_there_is_no_alarm_and_a_draft_is_asked_for_again(room: Apart) -> None:
    assert await room.alarm("三楼着火了") is None
    with pytest.raises(StorageError):
        await room.draft(Told("三楼着火了", now()))


@pytest.mark.parametrize("question", ["danger", "alarm", "draft"])
async def test_the_questions_are_for_our_own_processes(settings: Settings, question: str) -> None:
    app = create_actions(settings, build=hearing)
    url = f"http://127.0.0.1:{settings.actions_port}/actions/{question}"
    async with (
        app.router.lifespan_context(app),
        serving(app, settings.actions_port),
        aiohttp.ClientSession() as http,
        http.post(url, json={"text": "着火"}) as answer,
    ):
        assert answer.status == 401


async def test_a_web_server_beside_the_actions_loads_no_model(settings: Settings) -> None:
    def none(_settings: Settings, _database: Database) -> Services:
        raise AssertionError("The web server has loaded the models.")

    app = create_app(settings, build=none)
    async with app.router.lifespan_context(app):
        parts = await app.state.readiness.look()
    assert not parts["understanding"].ready
    assert parts["understanding"].detail == "cannot be reached"

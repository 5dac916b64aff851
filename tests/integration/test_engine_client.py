"""What the worker makes of each way in which an engine can answer, over a real socket."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from aiohttp import web

from bot.errors import EngineRefused
from bot.intake.engine import EngineBroke, EngineClient, EngineDown, Turn
from bot.messages import Button, Reply
from tests.support.ports import free_port

TURN = Turn(
    inbox_id=7,
    citizen_id=UUID(int=5),
    key=bytes(32),
    text="路灯坏了",
    sent_at=datetime(2026, 11, 23, 7, tzinfo=UTC),
    channel="web",
    metadata={"place": "学院路"},
)
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def engine(handler: Handler, seconds: float = 5) -> AsyncIterator[EngineClient]:
    app = web.Application()
    app.router.add_post("/webhooks/suda/turn", handler)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
        async with EngineClient(url, "a secret", timeout=seconds) as client:
            yield client
    finally:
        await runner.cleanup()


def answers(body: Any, status: int = 200) -> Handler:
    async def handler(_request: web.Request) -> web.StreamResponse:
        return web.json_response(body, status=status)

    return handler


async def test_a_turn_is_asked_and_answered_as_agreed() -> None:
    asked: list[Any] = []

    async def handler(request: web.Request) -> web.StreamResponse:
        asked.extend([request.headers["Authorization"], await request.json()])
        button = {"title": "是", "payload": "是的"}
        messages = [{"text": "在哪里？", "buttons": [button]}, {"text": "好", "custom": {"case": "1"}}]
        return web.json_response({"inbox_id": 7, "repeated": False, "messages": messages})

    async with engine(handler) as client:
        replies = await client.take_turn(TURN)
    assert replies == [Reply("在哪里？", (Button("是", "是的"),)), Reply("好", data={"case": "1"})]
    assert asked == [
        "Bearer a secret",
        {
            "conversation_id": "00000000-0000-0000-0000-000000000005",
            "inbox_id": 7,
            "text": "路灯坏了",
            "sent_at": "2026-11-23T07:00:00+00:00",
            "channel": "web",
            "key": "A" * 43 + "=",
            "metadata": {"place": "学院路"},
        },
    ]


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (503, EngineDown),
        (401, EngineDown),
        (404, EngineDown),
        (500, EngineBroke),
        (400, EngineRefused),
        (422, EngineRefused),
    ],
)
async def test_a_failure_is_sorted_by_whether_trying_again_can_help(
    status: int, expected: type[Exception]
) -> None:
    body = {"error": {"code": "some_code", "message": "他说路灯坏了"}}
    async with engine(answers(body, status)) as client:
        with pytest.raises(expected) as caught:
            await client.take_turn(TURN)
    assert type(caught.value) is expected
    assert "some_code" in str(caught.value)
    assert "路灯" not in str(caught.value)


async def test_an_action_that_fails_may_be_the_messages_fault() -> None:
    """A 503 for ever must end: 'not now' counts only when no message can be to blame."""
    async with engine(answers({"error": {"code": "action_failed", "message": ""}}, 503)) as client:
        with pytest.raises(EngineBroke):
            await client.take_turn(TURN)


async def test_where_the_actions_are_away_no_message_is_at_fault() -> None:
    """The app restarts or is replaced: that may take longer than the tries a message has."""
    async with engine(answers({"error": {"code": "actions_away", "message": ""}}, 503)) as client:
        with pytest.raises(EngineDown):
            await client.take_turn(TURN)


@pytest.mark.parametrize(
    "body",
    [
        [],
        {},
        {"inbox_id": 8, "messages": []},
        {"inbox_id": 7},
        {"inbox_id": 7, "messages": ["text"]},
        {"inbox_id": 7, "messages": [{"text": "a", "buttons": [{}]}]},
    ],
)
async def test_an_answer_of_another_form_is_no_answer(body: Any) -> None:
    async with engine(answers(body)) as client:
        with pytest.raises(EngineBroke):
            await client.take_turn(TURN)


async def test_a_page_of_html_is_no_answer() -> None:
    async def handler(_request: web.Request) -> web.StreamResponse:
        return web.Response(text="<html>")

    async with engine(handler) as client:
        with pytest.raises(EngineBroke):
            await client.take_turn(TURN)


async def test_an_engine_that_thinks_too_long_is_not_waited_for() -> None:
    async def handler(_request: web.Request) -> web.StreamResponse:
        await asyncio.sleep(2)
        return web.Response()

    async with engine(handler, seconds=0.3) as client:
        with pytest.raises(EngineBroke):
            await client.take_turn(TURN)


async def test_a_connection_cut_in_a_turn_may_be_the_messages_fault() -> None:
    async def handler(request: web.Request) -> web.StreamResponse:
        assert request.transport is not None
        request.transport.abort()
        return web.Response()

    async with engine(handler) as client:
        with pytest.raises(EngineBroke):
            await client.take_turn(TURN)


async def test_an_engine_that_is_not_there_is_down() -> None:
    async with EngineClient(f"http://127.0.0.1:{free_port()}", "a secret", timeout=5) as client:
        with pytest.raises(EngineDown):
            await client.take_turn(TURN)

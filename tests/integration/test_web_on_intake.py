"""The web channel on the real intake and PostgreSQL, without a worker: what is kept, and whose it is."""

from __future__ import annotations

import asyncio
import json
import secrets
import socket
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import uvicorn
from fastapi import FastAPI

from bot.intake import Listener, Mailbox, Reception, push
from bot.messages import Reply
from bot.storage import Database
from bot.storage.sealing import Vault
from channels.web import WebChannel, router
from serve.conversations import WebConversations

POST = "/api/chat/messages"
HISTORY = "/api/chat/history"


class Town:
    """The served channel and what is behind it."""

    def __init__(self, url: str, database: Database, vault: Vault, mailbox: Mailbox) -> None:
        self.url, self.database, self.vault, self.mailbox = url, database, vault, mailbox

    async def tell(self, client: httpx.AsyncClient, text: str) -> None:
        """Push something to the citizen of a browser."""
        sender = client.cookies["suda_sender"].rpartition(".")[0]
        citizen = await self.mailbox.find("web", f"c:{sender}")
        assert citizen is not None
        async with self.database.session() as session, session.begin():
            await push(session, self.vault, citizen, [Reply(text)], channel="web")


async def _is_danger(text: str) -> bool:
    return "着火" in text


@pytest.fixture
async def town(database: Database) -> AsyncIterator[Town]:
    vault = Vault(secrets.token_bytes(32))
    listener = Listener(database.url)
    mailbox = Mailbox(database.url, vault, listener)
    bound = socket.socket()
    bound.bind(("127.0.0.1", 0))
    async with listener, mailbox:
        app = FastAPI()
        reception = Reception(database, vault, mailbox, flood_limit=5, is_danger=_is_danger)
        core = WebConversations(database, vault, mailbox, reception)
        app.state.web = WebChannel(core, cookie_keys=[b"k" * 32], api_key="k" * 32, reply_wait=0.2)
        app.include_router(router)
        server = uvicorn.Server(
            uvicorn.Config(app, log_config=None, lifespan="off", timeout_graceful_shutdown=1)
        )
        task = asyncio.create_task(server._serve(sockets=[bound]))
        yield Town(f"http://127.0.0.1:{bound.getsockname()[1]}", database, vault, mailbox)
        server.should_exit = True
        await task
    bound.close()


@pytest.fixture
async def citizen(town: Town) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=town.url, timeout=20) as client:
        await client.get("/")
        yield client


async def said(client: httpx.AsyncClient) -> list[str]:
    return [line["text"] for line in (await client.get(HISTORY)).json()["messages"]]


async def test_a_retry_is_kept_once_and_found_in_the_history(citizen: httpx.AsyncClient) -> None:
    for _ in range(3):
        answer = await citizen.post(POST, json={"text": "路灯坏了", "message_id": "m1"})
        assert (answer.status_code, answer.json()) == (202, {"message_id": "m1"})
    history = (await citizen.get(HISTORY)).json()
    assert [(line["key"], line["text"]) for line in history["messages"]] == [("m1", "路灯坏了")]


async def test_anothers_history_and_message_ids_stay_apart(town: Town, citizen: httpx.AsyncClient) -> None:
    await citizen.post(POST, json={"text": "我的电话是秘密", "message_id": "same"})
    async with httpx.AsyncClient(base_url=town.url, timeout=20) as other:
        await other.get("/")
        await other.post(POST, json={"text": "别人的话", "message_id": "same"})
        assert await said(other) == ["别人的话"]
    assert await said(citizen) == ["我的电话是秘密"]


async def next_line(lines: AsyncIterator[str]) -> tuple[str, dict[str, Any]]:
    name = ""
    async for line in lines:
        if line.startswith("id:"):
            name = line[3:].strip()
        elif line.startswith("data:"):
            return name, json.loads(line[5:])
    raise AssertionError("The stream ended.")


async def test_a_stream_opened_before_the_first_word_hears_and_resumes(
    town: Town, citizen: httpx.AsyncClient
) -> None:
    async with asyncio.timeout(20), citizen.stream("GET", "/api/chat/stream?after=0") as response:
        await citizen.post(POST, json={"text": "你好"})
        await town.tell(citizen, "第一条")
        name, line = await next_line(response.aiter_lines())
        assert line["text"] == "第一条"
    await town.tell(citizen, "第二条")
    headers = {"Last-Event-ID": name}
    async with asyncio.timeout(20), citizen.stream("GET", "/api/chat/stream", headers=headers) as response:
        assert (await next_line(response.aiter_lines()))[1]["text"] == "第二条"


async def test_too_many_are_refused_but_never_a_word_of_danger(citizen: httpx.AsyncClient) -> None:
    for number in range(5):
        assert (await citizen.post(POST, json={"text": f"{number}"})).status_code == 202
    refused = await citizen.post(POST, json={"text": "再来"})
    assert (refused.status_code, refused.json()["error"]["code"]) == (429, "too_fast")
    assert (await citizen.post(POST, json={"text": "楼上着火了"})).status_code == 202

"""One token for all processes, under a real advisory lock."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator

import psycopg
import pytest

from bot.connector import TokenKeeper, tokens
from bot.errors import PlatformAway
from bot.storage import autocommit_pool
from bot.storage.sealing import Vault

NAME = "wechat:wxdec0de0000012345"


@pytest.fixture
async def keeper(database_url: str, asked: list[bool]) -> AsyncIterator[TokenKeeper]:
    async def ask(forced: bool) -> tuple[str, float]:
        asked.append(forced)
        return f"token-{len(asked)}", 7200.0

    async with autocommit_pool(database_url, 4, "test tokens") as pool:
        yield TokenKeeper(pool, Vault(secrets.token_bytes(32)), NAME, ask)


@pytest.fixture
def asked() -> list[bool]:
    return []


async def test_a_process_that_asks_too_long_makes_the_platform_away_not_the_others_stand(
    keeper: TokenKeeper, asked: list[bool], database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tokens, "PATIENCE", "200ms")
    monkeypatch.setattr(tokens, "FAILED", 0.1)
    async with await psycopg.AsyncConnection.connect(database_url) as other:
        await other.execute(tokens._LOCK, {"name": NAME})  # as a process that waits for the platform holds it
        with pytest.raises(PlatformAway, match="Another process"):
            await keeper.get()
        assert asked == []
        await other.rollback()
    await asyncio.sleep(0.2)
    assert await keeper.get() == "token-1"
    assert asked == [False]


async def test_a_crowd_without_a_token_asks_once(keeper: TokenKeeper, asked: list[bool]) -> None:
    assert set(await asyncio.gather(*(keeper.get() for _ in range(50)))) == {"token-1"}
    assert asked == [False]

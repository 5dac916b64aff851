"""Fixtures of several files here: a town that calls its hotline, and a clerk at the desk for calls."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.settings import Settings
from bot.storage import Database
from tests.support.calls_desk import Clerk, Town, open_town


@pytest.fixture
async def town(
    database_url: str, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Town]:
    """The web server and the database of a hotline, without models."""
    monkeypatch.setenv("DATABASE_URL", database_url)
    settings = Settings(data_dir=tmp_path, engine_url="http://127.0.0.1:9", _env_file=None)  # type: ignore[call-arg]
    async with open_town(settings, database) as opened:
        yield opened


@pytest.fixture
def clerk(town: Town) -> Clerk:
    """A clerk's browser there."""
    return Clerk(town)

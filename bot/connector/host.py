"""What a process gives a channel, and what a channel brings to it."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

import aiohttp
import psycopg
from fastapi import APIRouter
from psycopg_pool import AsyncConnectionPool

from bot.connector.media import Fetcher
from bot.connector.progress import Progress
from bot.intake import Reception
from bot.intake.delivery import Sender
from bot.settings import Settings
from bot.storage.sealing import Vault


@dataclass(frozen=True, slots=True)
class Host:
    """What a process gives a channel; ``connect(host)`` gets it.

    Attributes:
        settings: Suda's settings; a channel's own are its own class of the same kind.
        pool: Connections in autocommit.
        vault: Seals what must not lie open.
        http: For calls to the platform; its time-outs are the caller's to set.
        reception: Where messages are handed in; None in a process that only sends.
    """

    settings: Settings
    pool: AsyncConnectionPool[psycopg.AsyncConnection[Any]]
    vault: Vault
    http: aiohttp.ClientSession
    reception: Reception | None = None


@dataclass(frozen=True, slots=True)
class Connector:
    """What a channel brings.

    Attributes:
        sender: Tells citizens what they cannot fetch; used by workers.
        router: Webhooks; served where there is a reception.
        listen: Receives without a webhook until cancelled (long polling); run where there is a reception.
        fetcher: Brings the photos, files and voice notes that messages name; used by workers.
        progress: Shows citizens who wait longer than usual that Suda is at it; used by workers.
    """

    sender: Sender | None = None
    router: APIRouter | None = None
    listen: Callable[[], Coroutine[Any, Any, None]] | None = None
    fetcher: Fetcher | None = None
    progress: Progress | None = None

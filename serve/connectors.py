"""The channels that the settings name: found, opened, kept listening, and asked what is well with them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from importlib import import_module
from importlib.util import find_spec
from pkgutil import iter_modules
from types import ModuleType
from typing import Any

import structlog

import channels
from bot.connector import Connector, Host
from bot.errors import ConfigError
from bot.findings import Finding
from bot.observability import metrics
from bot.settings import Settings

_log = structlog.get_logger(__name__)

ALWAYS = ("web", "voice")
"""Channels that are there without being named: the web page, and calls for whoever has the API key."""
FIRST_PAUSE = 1.0
"""Seconds after which a channel that stopped listening listens again; twice as long each time, up to the longest."""
LONGEST_PAUSE = 30.0


def channel_module(name: str) -> ModuleType:
    """The package ``channels.<name>``.

    Raises:
        ConfigError: There is none, or it is no connector.
    """
    if find_spec(f"channels.{name}") is None:
        raise ConfigError(
            f"SUDA_CHANNELS names {name}: there is no folder channels/{name}. Known: {known()}."
        )
    module = import_module(f"channels.{name}")
    if not hasattr(module, "connect"):
        raise ConfigError(
            f"SUDA_CHANNELS names {name}, which needs no setting or is no channel to a platform. Known: {known()}."
        )
    return module


def known() -> str:
    """The folders under ``channels/`` that can be named."""
    names = [found.name for found in iter_modules(channels.__path__) if found.ispkg]
    names = [name for name in names if name not in ALWAYS]
    return ", ".join(sorted(names))


@asynccontextmanager
async def open_connectors(settings: Settings, host: Host) -> AsyncIterator[Mapping[str, Connector]]:
    """Open each channel that the settings name.

    Raises:
        ConfigError: A name or a channel's own settings are wrong.
    """
    async with AsyncExitStack() as stack:
        opened: dict[str, Connector] = {}
        for name in settings.channels:
            opened[name] = await stack.enter_async_context(channel_module(name).connect(host))
        yield opened


@asynccontextmanager
async def listening(opened: Mapping[str, Connector]) -> AsyncIterator[None]:
    """Receive from the channels that have no webhook; one that fails is started again, see :func:`keep_listening`."""
    tasks = [
        asyncio.create_task(keep_listening(name, connector.listen), name=f"listen {name}")
        for name, connector in opened.items()
        if connector.listen is not None
    ]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def keep_listening(name: str, listen: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run a channel's ``listen`` until cancelled, however often it fails or returns.

    The log and the metric ``<name>_listen_failed`` get the error's class, never its words: they may hold what was said.
    """
    pause = FIRST_PAUSE
    while True:
        began = time.monotonic()
        try:
            await listen()
            what = "returned"
        except Exception as error:
            what = type(error).__name__
        if time.monotonic() - began > LONGEST_PAUSE:  # it worked for a while
            pause = FIRST_PAUSE
        _log.error("channel_stopped_listening", channel=name, error=what, again_in=pause)
        metrics.error_happened(f"{name}_listen_failed")
        await asyncio.sleep(pause)
        pause = min(pause * 2, LONGEST_PAUSE)


def connector_findings(settings: Settings) -> Iterator[Finding]:
    """What each named channel's own check says."""
    for name in settings.channels:
        try:
            module = channel_module(name)
        except ConfigError as error:
            yield Finding(name, "bad", str(error), "correct SUDA_CHANNELS")
            continue
        check = getattr(module, "findings", None)
        if check is None:
            yield Finding(name, "ok", "named in SUDA_CHANNELS; it has no check of its own")
        else:
            yield from check(settings)

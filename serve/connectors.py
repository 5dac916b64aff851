"""The channels that the settings name: found, opened, and asked what is well with them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from importlib import import_module
from importlib.util import find_spec
from pkgutil import iter_modules
from types import ModuleType

import channels
from bot.connector import Connector, Host
from bot.errors import ConfigError
from bot.findings import Finding
from bot.settings import Settings


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
    names = [found.name for found in iter_modules(channels.__path__) if found.ispkg and found.name != "web"]
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

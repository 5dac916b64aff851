"""A town whose citizens use WeChat: the stand-in platform, the channel, a worker and the stand-in engine."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tests.support.connected import Connected, connected
from tests.support.platforms.wechat import Account, Times, WeChatPlatform, wechat_platform
from tests.support.ports import free_port
from tests.support.town import Town, town


@dataclass(frozen=True)
class WeChatTown:
    """What a test needs at hand."""

    town: Town
    platform: WeChatPlatform
    app: Connected

    async def outbox(self) -> list[tuple[str, str | None]]:
        """State and reason of everything citizens were to be told, in order."""
        return await self.town.fetch("SELECT state, error_code FROM outbox ORDER BY id")


def environment(account: Account, api_url: str, **others: str) -> dict[str, str]:
    """The settings of the channel for an account of the stand-in."""
    return {
        "SUDA_WECHAT_APPID": account.appid,
        "SUDA_WECHAT_SECRET": account.secret,
        "SUDA_WECHAT_TOKEN": account.token,
        "SUDA_WECHAT_AES_KEY": account.aes_key,
        "SUDA_WECHAT_MODE": account.mode,
        "SUDA_WECHAT_KIND": account.kind,
        "SUDA_WECHAT_API_URL": api_url,
        **others,
    }


@asynccontextmanager
async def wechat_town(
    database_url: str,
    folder: Path,
    *,
    account: Account | None = None,
    times: Times | None = None,
    worker: bool = True,
    settings: dict[str, str] | None = None,
    **platform_options: Any,
) -> AsyncIterator[WeChatTown]:
    """Everything running; ``settings`` are further settings of the channel."""
    port = free_port()
    webhook = f"http://127.0.0.1:{port}/channels/wechat"
    account = replace(account or Account(webhook), webhook=webhook)
    async with (
        town(database_url, folder, channels=("wechat",)) as here,
        wechat_platform(account, times=times, **platform_options) as platform,
    ):
        values = environment(account, platform.url, **(settings or {}))
        before = {name: os.environ.get(name) for name in values}
        os.environ.update(values)
        try:
            async with connected(here, worker=worker, port=port) as app:
                yield WeChatTown(here, platform, app)
        finally:
            for name, value in before.items():
                os.environ.pop(name, None) if value is None else os.environ.__setitem__(name, value)

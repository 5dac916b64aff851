"""WeChat Official Account: webhook with passive replies, customer-service messages, one token for all processes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.connector import Connector, Host, ReplayGuard
from bot.intake.windows import Windows
from channels.wechat.api import WeChatApi
from channels.wechat.doctor import findings
from channels.wechat.media import WeChatFetcher
from channels.wechat.parse import CHANNEL
from channels.wechat.progress import WeChatProgress
from channels.wechat.sender import RULES, WeChatSender
from channels.wechat.settings import WeChatSettings
from channels.wechat.signature import FRESH
from channels.wechat.templates import Templates
from channels.wechat.webhook import Webhook

__all__ = ["connect", "findings"]


@asynccontextmanager
async def connect(host: Host) -> AsyncIterator[Connector]:
    """The channel of the account that ``SUDA_WECHAT_*`` describe.

    Raises:
        ConfigError: A setting is missing or wrong.
    """
    settings = WeChatSettings.read()
    settings.require()
    windows = Windows(host.pool, CHANNEL, RULES)
    api = WeChatApi(settings, host.http, host.pool, host.vault)
    router = None
    if host.reception is not None:
        replays = ReplayGuard(host.pool, CHANNEL, FRESH)
        router = Webhook(settings, host.reception, replays, windows).router()
    only_answers = settings.kind == "subscription"
    yield Connector(
        sender=WeChatSender(api, windows, Templates(api, settings), only_answers=only_answers),
        router=router,
        fetcher=WeChatFetcher(api, settings, host.http),
        progress=None if only_answers else WeChatProgress(api),
    )

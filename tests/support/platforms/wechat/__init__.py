"""A stand-in for WeChat Official Accounts, from the documented protocol and with nothing of ``channels.wechat``.

::

    async with wechat_platform(Account(webhook="http://127.0.0.1:8000/channels/wechat")) as platform:
        result = await platform.say(openid_of(1), "路灯坏了")
        seen = await platform.wait_seen(openid_of(1), 1)
"""

from tests.support.platforms.wechat.account import Account, Template, Times
from tests.support.platforms.wechat.comparing import assert_seen, differences
from tests.support.platforms.wechat.deeds import openid_of
from tests.support.platforms.wechat.faults import LOAD, Faults, Rates
from tests.support.platforms.wechat.platform import WeChatPlatform, wechat_platform
from tests.support.platforms.wechat.records import FAULT, Call, MessageResult, Seen, Try
from tests.support.platforms.wechat.webhook import random_aes_key

__all__ = [
    "FAULT",
    "LOAD",
    "Account",
    "Call",
    "Faults",
    "MessageResult",
    "Rates",
    "Seen",
    "Template",
    "Times",
    "Try",
    "WeChatPlatform",
    "assert_seen",
    "differences",
    "openid_of",
    "random_aes_key",
    "wechat_platform",
]

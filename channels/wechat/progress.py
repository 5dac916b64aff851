"""The sign 对方正在输入 of an account with the customer-service interface."""

from __future__ import annotations

from bot.intake.delivery import Recipient
from channels.wechat.api import NOT_NOW, TOO_LATE, WeChatApi, WeChatRefused

LASTS = 15.5
"""Seconds after which it is shown again: it stays for 15, and until then another one is refused."""
SOON = 3.0
"""Seconds to the next try where one of an earlier try is still to be seen."""


class WeChatProgress:
    """See :class:`bot.connector.Progress`; it counts as none of the messages that may be sent unasked.

    Args:
        api: The account.
    """

    def __init__(self, api: WeChatApi) -> None:
        self._api = api

    async def show(self, to: Recipient) -> float | None:
        """Show it; until half a minute after the citizen's last word, then WeChat takes none any more."""
        try:
            await self._api.post(
                "/cgi-bin/message/custom/typing", {"touser": to.address, "command": "Typing"}
            )
        except WeChatRefused as refused:
            if refused.errcode == TOO_LATE:
                return None
            if refused.errcode == NOT_NOW:
                return SOON
            raise
        return LASTS

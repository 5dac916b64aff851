"""Template and subscription messages: news of a case for citizens to whom nothing else may be sent any more."""

from __future__ import annotations

from typing import Any

from bot.errors import CannotTell, DeliveryError
from bot.messages import Reply
from channels.wechat.api import WeChatApi
from channels.wechat.settings import WeChatSettings

LONGEST = 20
"""Characters of a ``thing`` value; WeChat refuses longer ones."""


class Templates:
    """Sends by the template that the account has agreed on with WeChat, if any.

    The template's values are ``character_string1`` the case number, ``thing2`` its matter, ``thing3`` who holds it,
    as docs/channels/wechat.md tells a clerk to choose them.

    Args:
        api: The account.
        settings: Which template.
    """

    def __init__(self, api: WeChatApi, settings: WeChatSettings) -> None:
        self._api = api
        self._template = settings.template_id
        self._subscribed = settings.subscribe_template_id

    async def send(self, openid: str, reply: Reply) -> bool:
        """Send what a reply tells of a case; False when there is no template, or nothing that one could say.

        Raises:
            PlatformAway, RateLimited: As any call.
            CannotTell: ``unsure``.
        """
        case = reply.data.get("case")
        if not isinstance(case, dict) or not (self._template or self._subscribed):
            return False
        path, template = (
            ("/cgi-bin/message/template/send", self._template)
            if self._template
            else ("/cgi-bin/message/subscribe/bizsend", self._subscribed)
        )
        body = {"touser": openid, "template_id": template, "data": values_of(case)}
        try:
            await self._api.post(path, body)
        except CannotTell as error:
            if error.code == "unsure":
                raise
            return False
        except DeliveryError as error:
            if error.final:
                return False
            raise
        return True


def values_of(case: dict[str, Any]) -> dict[str, dict[str, str]]:
    """The values of the template, each within WeChat's limit."""
    values = {
        "character_string1": str(case.get("number") or "")[:32],
        "thing2": str(case.get("title") or "您反映的事")[:LONGEST],
        "thing3": str(case.get("holder") or "市民热线")[:LONGEST],
    }
    return {name: {"value": value} for name, value in values.items()}

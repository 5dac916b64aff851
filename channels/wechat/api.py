"""WeChat's interface: calls with one token for all processes, and what its error codes mean to us."""

from __future__ import annotations

from typing import Any

import aiohttp
import orjson
import structlog

from bot.connector import TokenKeeper
from bot.errors import CannotTell, DeliveryError, PlatformAway, RateLimited
from bot.storage.sealing import Vault
from channels.wechat.settings import WeChatSettings

log = structlog.get_logger(__name__)

CONNECT = 3.0
TOTAL = 10.0
"""Seconds of a call."""

BAD_TOKEN = frozenset({40001, 40014, 42001})
BUSY = -1
TOO_OFTEN = {45009: 600.0, 45011: 5.0}
"""Code -> seconds to wait: the day's quota is used up, too many calls a minute."""
CANNOT_TELL = {
    45015: "window_shut",
    45047: "budget_spent",
    40003: "blocked",
    43004: "blocked",
    43101: "blocked",
    48001: "passive_only",
}
"""Code -> why the citizen cannot be told: no word within 48 hours, all messages used, does not follow (any more), has not
subscribed, the account has no customer-service interface."""
ACCOUNT_WRONG = frozenset({40013, 40125, 40164, 41002, 41004, 50004, 50007})
"""AppID or AppSecret wrong, our address not on the list, the account blocked: an operator's to mend, and nobody's message
is at fault."""
TOO_LATE, NOT_NOW = 45080, 45081
"""Of the sign for typing: the citizen's last word is more than 30 s old; it is being shown. Nothing is wrong."""
NOT_PROCESSED = frozenset({502, 503})
"""HTTP statuses of a gateway that reached nobody."""


class WeChatRefused(DeliveryError):  # noqa: N818
    """WeChat refused this very message; trying again is no use.

    Attributes:
        errcode: WeChat's code.
    """

    final = True

    def __init__(self, errcode: Any) -> None:
        super().__init__(f"WeChat refused a message: errcode {errcode}.")
        self.errcode = errcode


class WeChatApi:
    """Calls for one account; one a process.

    Args:
        settings: The account.
        http: Connections.
        pool: Connections to the database that all processes share, for the token.
        vault: Seals the token.
    """

    def __init__(
        self, settings: WeChatSettings, http: aiohttp.ClientSession, pool: Any, vault: Vault
    ) -> None:
        self._settings = settings
        self._http = http
        self._url = settings.api_url.rstrip("/")
        self._timeout = aiohttp.ClientTimeout(total=TOTAL, sock_connect=CONNECT)
        self._tokens = TokenKeeper(pool, vault, f"wechat:{settings.appid}", self._ask_token)

    async def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Call with a JSON body.

        Returns:
            The answer, whose ``errcode`` was 0 or absent.

        Raises:
            PlatformAway: Nothing was done; later it may be.
            RateLimited: As this, with the time to wait.
            CannotTell: See :data:`CANNOT_TELL`; ``unsure`` when it may have been done although no answer came.
            WeChatRefused: This body is refused.
        """
        answer: dict[str, Any] = await self._with_token("POST", path, {}, body)
        return answer

    async def get(self, path: str, query: dict[str, str]) -> dict[str, Any]:
        """As :meth:`post`, without a body."""
        answer: dict[str, Any] = await self._with_token("GET", path, query, None)
        return answer

    async def token(self) -> str:
        """An access token, for calls that are not JSON.

        Raises:
            PlatformAway: There is none to be had now.
        """
        return await self._tokens.get()

    async def another_token(self, bad: str) -> str:
        """Another one than ``bad``, which was refused."""
        return await self._tokens.replace(bad)

    async def _with_token(
        self, method: str, path: str, query: dict[str, str], body: dict[str, Any] | None
    ) -> dict[str, Any]:
        token = await self._tokens.get()
        answer = await self._call(method, path, {**query, "access_token": token}, body)
        if answer.get("errcode") in BAD_TOKEN:
            token = await self._tokens.replace(token)
            answer = await self._call(method, path, {**query, "access_token": token}, body)
        _check(path, answer)
        return answer

    async def _ask_token(self, force: bool) -> tuple[str, float]:
        body = {
            "grant_type": "client_credential",
            "appid": self._settings.appid,
            "secret": self._settings.secret.get_secret_value(),
            "force_refresh": force,
        }
        try:
            answer = await self._call("POST", "/cgi-bin/stable_token", {}, body)
        except CannotTell as error:  # it may have been refreshed: the next one asks for what is there now
            raise PlatformAway("WeChat gave no token in time.") from error
        token, seconds = answer.get("access_token"), answer.get("expires_in")
        if not isinstance(token, str) or not isinstance(seconds, int | float):
            code = answer.get("errcode")
            log.error("wechat_gives_no_token", errcode=code, cure=cure_of(code))
            raise PlatformAway(f"WeChat gives no token: errcode {code}.")
        log.info("wechat_token_refreshed", forced=force)
        return token, float(seconds)

    async def _call(
        self, method: str, path: str, query: dict[str, str], body: dict[str, Any] | None
    ) -> dict[str, Any]:
        data = (
            None if body is None else orjson.dumps(body)
        )  # orjson leaves Chinese as it is, which WeChat needs
        headers = {"Content-Type": "application/json; charset=utf-8"} if data else {}
        try:
            async with self._http.request(
                method, self._url + path, params=query, data=data, headers=headers, timeout=self._timeout
            ) as response:
                status, content = response.status, await response.read()
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise PlatformAway("WeChat cannot be reached.") from error
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            raise CannotTell("unsure") from error
        if status in NOT_PROCESSED:
            raise PlatformAway(f"WeChat's gateway answers {status}.")
        try:
            answer = orjson.loads(content)
        except orjson.JSONDecodeError as error:
            raise CannotTell("unsure") from error
        if status != 200 or not isinstance(answer, dict):
            raise CannotTell("unsure")
        return answer


def _check(path: str, answer: dict[str, Any]) -> None:
    """Turn an error code into what it means."""
    code = answer.get("errcode", 0)
    if code == 0:
        return
    if code in CANNOT_TELL:
        raise CannotTell(CANNOT_TELL[code])
    if code in TOO_OFTEN:
        log.warning("wechat_too_often", path=path, errcode=code)
        raise RateLimited(f"WeChat: errcode {code}.", after=TOO_OFTEN[code])
    if code == BUSY or code in BAD_TOKEN or code in ACCOUNT_WRONG:
        log.error("wechat_refuses_all", path=path, errcode=code, cure=cure_of(code))
        raise PlatformAway(f"WeChat takes nothing now: errcode {code}.")
    if code not in (TOO_LATE, NOT_NOW):
        log.error("wechat_refused", path=path, errcode=code)
    raise WeChatRefused(code)


def cure_of(code: Any) -> str:
    """What an operator can do about an error code."""
    return {
        BUSY: "WeChat is busy; it is tried again",
        40001: "the token was refused: check SUDA_WECHAT_SECRET, and that nobody else refreshes this account's token",
        40013: "SUDA_WECHAT_APPID is wrong",
        40125: "SUDA_WECHAT_SECRET is wrong or was reset in the console",
        40164: "add this server's address to the IP whitelist in the console (开发接口管理 - 基本配置)",
        45009: "the day's quota of calls is used up; it is reset in the console or at midnight",
        48001: "the account has no right to this interface: set SUDA_WECHAT_KIND=subscription, or have it verified",
        50004: "the account's interface is forbidden; see the console's notices",
        50007: "the account is frozen; see the console's notices",
    }.get(code, "see WeChat's list of return codes")

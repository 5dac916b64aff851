"""An account's server of a few lines, for tests of the stand-in itself: checks, answers as told, calls the platform."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any
from xml.etree import ElementTree

import aiohttp
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from tests.support.platforms.serving import Served, serving
from tests.support.platforms.wechat.account import Account
from tests.support.platforms.wechat.crypto import Cipher, sign
from tests.support.platforms.wechat.payloads import to_xml
from tests.support.platforms.wechat.platform import WeChatPlatform, wechat_platform


@dataclass(frozen=True, slots=True)
class Received:
    """One request of the platform.

    Attributes:
        query: Of its address.
        outer: Fields of the body as it came.
        fields: Fields of the message, decrypted where it was encrypted.
        genuine: Whether all signatures are right.
    """

    query: dict[str, str]
    outer: dict[str, str]
    fields: dict[str, str]
    genuine: bool

    @property
    def text(self) -> str:
        """What was said."""
        return self.fields.get("Content", "")


Answer = Callable[[Received], Awaitable[bytes | str | Response]]


@dataclass
class SmallAccount:
    """The account's server.

    Attributes:
        account: Its configuration.
        answer: What it answers; ``success`` until told otherwise.
        received: What came, in order.
    """

    account: Account
    answer: Answer | None = None
    received: list[Received] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._cipher = Cipher(self.account.aes_key, self.account.appid)
        self._token: str | None = None

    async def handle(self, request: Request) -> Response:
        """The webhook."""
        query = dict(request.query_params)
        if request.method == "GET":
            genuine = query["signature"] == sign(self.account.token, query["timestamp"], query["nonce"])
            return PlainTextResponse(query["echostr"]) if genuine else PlainTextResponse("no", 403)
        received = self.read(query, await request.body())
        self.received.append(received)
        answer = "success" if self.answer is None else await self.answer(received)
        return answer if isinstance(answer, Response) else Response(answer)

    def read(self, query: dict[str, str], body: bytes) -> Received:
        """A request, opened and checked."""
        token, stamp, nonce = self.account.token, query["timestamp"], query["nonce"]
        outer = _fields(body)
        genuine = query["signature"] == sign(token, stamp, nonce)
        if "Encrypt" in outer:
            genuine &= query.get("msg_signature") == sign(token, stamp, nonce, outer["Encrypt"])
            return Received(query, outer, _fields(self._cipher.open(outer["Encrypt"]).encode()), genuine)
        return Received(query, outer, outer, genuine)

    def passive(self, received: Received, text: str, **changes: str | int) -> str:
        """A passive text reply, encrypted in safe mode; ``changes`` replace its fields."""
        fields: dict[str, Any] = {
            "ToUserName": received.fields["FromUserName"],
            "FromUserName": received.fields["ToUserName"],
            "CreateTime": int(time.time()),
            "MsgType": "text",
            "Content": text,
            **changes,
        }
        plain = to_xml(list(fields.items()))
        return self.seal(plain) if self.account.mode == "safe" else plain

    def seal(self, plain: str) -> str:
        """A reply's envelope."""
        encrypted, stamp, nonce = self._cipher.seal(plain), int(time.time()), "n0nce"
        signature = sign(self.account.token, str(stamp), nonce, encrypted)
        return to_xml(
            [("Encrypt", encrypted), ("MsgSignature", signature), ("TimeStamp", stamp), ("Nonce", nonce)]
        )

    async def echo(self, received: Received) -> str:
        """An answer: every text back at once, ``success`` for the rest."""
        return self.passive(received, f"您说的是：{received.text}") if received.text else "success"


def _fields(body: bytes) -> dict[str, str]:
    return {child.tag: child.text or "" for child in ElementTree.fromstring(body)}  # noqa: S314 - our own platform's


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer that was read."""

    status: int
    type: str
    name: str | None
    content: bytes

    def json(self) -> dict[str, Any]:
        """Its JSON object."""
        body: dict[str, Any] = json.loads(self.content)
        return body


class Caller:
    """The account's calls of the platform.

    Args:
        platform: Where.
        http: How.
    """

    def __init__(self, platform: WeChatPlatform, http: aiohttp.ClientSession) -> None:
        self._platform = platform
        self._http = http

    async def token(self, **others: Any) -> dict[str, Any]:
        """A stable token."""
        account = self._platform.account
        asked = {
            "grant_type": "client_credential",
            "appid": account.appid,
            "secret": account.secret,
            **others,
        }
        return await self.post("stable_token", asked, token=None)

    async def post(self, path: str, body: object, *, token: str | None) -> dict[str, Any]:
        """A call with a JSON body in plain UTF-8; ``bytes`` are sent as they are."""
        raw = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
        query = {} if token is None else {"access_token": token}
        async with self._http.post(f"{self._platform.url}/cgi-bin/{path}", params=query, data=raw) as answer:
            assert answer.status == 200
            done: dict[str, Any] = await answer.json(content_type=None)
            return done

    async def get(self, path: str, **query: str) -> Fetched:
        """A call without a body."""
        async with self._http.get(f"{self._platform.url}/cgi-bin/{path}", params=query) as answer:
            name = answer.headers.get("Content-Disposition")
            return Fetched(answer.status, answer.content_type, name, await answer.read())

    async def tell(self, openid: str, text: str, token: str) -> int:
        """A customer-service text: its errcode."""
        body = {"touser": openid, "msgtype": "text", "text": {"content": text}}
        code: int = (await self.post("message/custom/send", body, token=token))["errcode"]
        return code


@dataclass
class Pair:
    """A platform and an account's server that know each other."""

    platform: WeChatPlatform
    server: SmallAccount
    caller: Caller
    served: Served


@asynccontextmanager
async def pair(
    *, platform_port: int = 0, account: Account | None = None, **others: Any
) -> AsyncIterator[Pair]:
    """Both, running in this event loop; ``others`` as :class:`WeChatPlatform` takes them."""
    server = SmallAccount(account or Account(""))
    app = Starlette(routes=[Route("/webhook", server.handle, methods=["GET", "POST"])])
    async with serving(app) as served, aiohttp.ClientSession() as http:
        server.account = replace(server.account, webhook=f"{served.url}/webhook")
        async with wechat_platform(server.account, port=platform_port, **others) as platform:
            yield Pair(platform, server, Caller(platform, http), served)

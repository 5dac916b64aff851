"""One try: a message is taken to the account's server, over a connection of its own, and its answer is read."""

from __future__ import annotations

import asyncio
import base64
import os
import secrets
import time
from dataclasses import dataclass
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

import aiohttp

from tests.support.platforms.wechat.account import Account, Times
from tests.support.platforms.wechat.crypto import Cipher, sign
from tests.support.platforms.wechat.faults import Drop
from tests.support.platforms.wechat.passive import Passive, WrongAnswerError, read_answer
from tests.support.platforms.wechat.payloads import Message, to_xml
from tests.support.platforms.wechat.records import Outcome


@dataclass(frozen=True, slots=True)
class Stamp:
    """What makes a signature fresh."""

    timestamp: str
    nonce: str

    @classmethod
    def new(cls) -> Stamp:
        """Of now."""
        return cls(str(int(time.time())), str(secrets.randbelow(10**10)))


@dataclass(frozen=True, slots=True)
class Answer:
    """How a try ended."""

    outcome: Outcome
    passive: Passive | None = None
    detail: str = ""


class Webhook:
    """Takes messages to one account's server.

    Args:
        account: Whose.
        times: How long an answer may take.
    """

    def __init__(self, account: Account, times: Times) -> None:
        self._account = account
        self._times = times
        self._cipher = Cipher(account.aes_key, account.appid)
        self._http: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        # A connection a try: one that is kept could be closed by the account's server in the moment of its next use.
        connector = aiohttp.TCPConnector(limit=0, force_close=True)
        timeout = aiohttp.ClientTimeout(total=None)
        self._http = aiohttp.ClientSession(
            connector=connector, timeout=timeout, headers={"User-Agent": "Mozilla/4.0"}
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._http is not None:
            await self._http.close()

    def request(self, message: Message, stamp: Stamp) -> tuple[dict[str, str], bytes]:
        """Query and body of a try."""
        account = self._account
        query = {
            "signature": sign(account.token, stamp.timestamp, stamp.nonce),
            "timestamp": stamp.timestamp,
            "nonce": stamp.nonce,
            "openid": message.openid,
        }
        plain = message.xml(account.original_id)
        if account.mode == "plain":
            return query, plain.encode()
        sealed = self._cipher.seal(plain)
        query["encrypt_type"] = "aes"
        query["msg_signature"] = sign(account.token, stamp.timestamp, stamp.nonce, sealed)
        if account.mode == "safe":
            return query, to_xml([("ToUserName", account.original_id), ("Encrypt", sealed)]).encode()
        return query, message.xml(account.original_id, sealed).encode()

    async def take(self, message: Message, stamp: Stamp, drop: Drop | None = None) -> Answer:
        """One try; never raises for what the account's server does."""
        if drop == "before":
            return await self._knock()
        query, body = self.request(message, stamp)
        try:
            async with asyncio.timeout(self._times.answer_within):
                status, content = await self._post(query, body)
        except TimeoutError:
            return Answer("timeout", detail=f"no answer within {self._times.answer_within:g} s")
        except aiohttp.ClientConnectorError as error:
            return Answer("no_connection", detail=type(error).__name__)
        except (aiohttp.ClientError, OSError) as error:
            return Answer("cut", detail=type(error).__name__)
        if drop == "mid_reply":
            return Answer("cut", detail="broken by the platform while the answer came")
        if status != 200:
            return Answer("status", detail=f"HTTP {status}")
        try:
            passive = read_answer(content, self._account, self._cipher, message.openid)
        except WrongAnswerError as error:
            return Answer("wrong", detail=str(error))
        return Answer("silent" if passive is None else "passive", passive)

    async def check_url(self) -> bool:
        """The check of a server's address: whether the account echoes a text, which is plain in every mode."""
        stamp, echo = Stamp.new(), str(secrets.randbelow(10**19))
        query = {
            "signature": sign(self._account.token, stamp.timestamp, stamp.nonce),
            "echostr": echo,
            "timestamp": stamp.timestamp,
            "nonce": stamp.nonce,
        }
        async with (
            asyncio.timeout(self._times.answer_within),
            self._session.get(self._account.webhook, params=query) as answer,
        ):
            return answer.status == 200 and await answer.text() == echo

    @property
    def _session(self) -> aiohttp.ClientSession:
        if self._http is None:
            raise RuntimeError("The webhook was not opened.")
        return self._http

    async def _post(self, query: dict[str, str], body: bytes) -> tuple[int, bytes]:
        headers = {"Content-Type": "text/xml"}
        async with self._session.post(
            self._account.webhook, params=query, data=body, headers=headers, allow_redirects=False
        ) as answer:
            return answer.status, await answer.read()

    async def _knock(self) -> Answer:
        """Open a connection and close it with nothing sent."""
        address = urlsplit(self._account.webhook)
        try:
            _, writer = await asyncio.open_connection(address.hostname, address.port or 80)
        except OSError as error:
            return Answer("no_connection", detail=type(error).__name__)
        writer.transport.abort()
        return Answer("cut", detail="broken by the platform before anything was sent")


def random_aes_key() -> str:
    """An EncodingAESKey: 43 letters and digits."""
    while True:
        key = base64.b64encode(os.urandom(32)).decode().rstrip("=")
        if key.isalnum():
            return key

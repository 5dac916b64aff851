"""The worker's side of the engine's HTTP interface (docs/architecture.md): one turn, asked for safely.

Asking again is always safe: the engine answers a repeated ``inbox_id`` from its record, without a second turn. So a turn
whose answer never came is tried again by the job engine, and here nothing is tried twice.
"""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass, field
from datetime import datetime
from types import TracebackType
from typing import Any, Self
from uuid import UUID

import aiohttp
import orjson

from bot.errors import EngineRefused, EngineUnavailable
from bot.messages import Button, Reply

_NOT_ABOUT_THE_TURN = frozenset({401, 403, 404, 405, 408, 429, 503})
"""Statuses that a wrong secret, a wrong address or a starting engine gives: the citizen's message is not at fault."""


_ABOUT_THE_TURN = frozenset({"action_failed", "conflict"})
"""Codes of a 503 that may well come again with this message and no other."""


class EngineDown(EngineUnavailable):
    """No connection, or the engine says that it is not ready: no message can be to blame."""


class EngineBroke(EngineUnavailable):
    """The turn began and no answer came: the engine died or hung, and this very message may be why."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What the engine needs to take one turn.

    Attributes:
        inbox_id: The message; a repeat is answered from the engine's record.
        citizen_id: Whose conversation it is.
        key: 32 bytes that seal the conversation at rest; the engine never stores them.
        text: Cleaned, see :func:`bot.intake.text.clean`.
        sent_at: When it was said, aware.
        channel: Name of the channel.
        metadata: Channel facts for the actions.
    """

    inbox_id: int
    citizen_id: UUID
    key: bytes
    text: str
    sent_at: datetime
    channel: str
    metadata: dict[str, Any] = field(default_factory=dict)


class EngineClient:
    """Keep-alive connections to one engine.

    ::

        async with EngineClient(url, secret, timeout=20) as engine:
            replies = await engine.take_turn(turn)

    Args:
        url: Where the engine listens, such as ``http://127.0.0.1:5105``.
        secret: The shared secret.
        timeout: Seconds a turn may take, connecting included.
        connections: Turns at the same time; more wait.
    """

    def __init__(self, url: str, secret: str, *, timeout: float, connections: int = 32) -> None:
        self._url = url.rstrip("/")
        self._headers = {"Authorization": f"Bearer {secret}", "Content-Type": "application/json"}
        self._timeout = aiohttp.ClientTimeout(total=timeout, sock_connect=min(timeout, 2.0))
        self._connections = connections
        self._http: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._http = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=self._connections, keepalive_timeout=60),
            timeout=self._timeout,
            headers=self._headers,
            cookie_jar=aiohttp.DummyCookieJar(),
            trust_env=False,
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._http is not None:
            await self._http.close()
            self._http = None

    async def take_turn(self, turn: Turn) -> list[Reply]:
        """The engine's replies to one message, in order.

        Raises:
            EngineDown: It cannot be reached or is not ready.
            EngineBroke: The turn began and gave no usable answer; it may be tried again, not for ever.
            EngineRefused: It answered that the turn is wrong.
        """
        body = {
            "conversation_id": str(turn.citizen_id),
            "inbox_id": turn.inbox_id,
            "text": turn.text,
            "sent_at": turn.sent_at.isoformat(),
            "channel": turn.channel,
            "key": b64encode(turn.key).decode(),
            "metadata": turn.metadata,
        }
        answer = await self._post("/webhooks/suda/turn", body)
        try:
            if answer["inbox_id"] != turn.inbox_id:
                raise EngineBroke("The engine answered another message than it was asked about.")
            return [_reply(message) for message in answer["messages"]]
        except (KeyError, TypeError, AttributeError) as error:
            raise EngineBroke("The engine's answer has not the agreed form.") from error

    async def forget(self, citizen_id: UUID) -> None:
        """Drop a conversation from the engine's memory and store.

        Raises:
            EngineDown, EngineBroke, EngineRefused: As for a turn.
        """
        await self._post("/webhooks/suda/forget", {"conversation_id": str(citizen_id)})

    async def _post(self, path: str, body: dict[str, Any]) -> Any:
        if self._http is None:
            raise EngineDown("The engine client is not open: use it as a context manager.")
        try:
            async with self._http.post(self._url + path, data=orjson.dumps(body)) as response:
                content, status = await response.read(), response.status
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise EngineDown("The engine cannot be reached.") from error
        except TimeoutError as error:
            raise EngineBroke("The engine did not answer in time.") from error
        except (aiohttp.ClientError, OSError) as error:
            raise EngineBroke("The connection to the engine was cut during a turn.") from error
        return _checked(status, content)


def _checked(status: int, content: bytes) -> Any:
    try:
        answer = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        if status == 200:
            raise EngineBroke("The engine's answer is not JSON.") from error
        answer = None
    if status == 200:
        return answer
    code = _code(answer)
    if status in _NOT_ABOUT_THE_TURN and code not in _ABOUT_THE_TURN:
        raise EngineDown(f"The engine takes no turns from us: status {status} ({code}).")
    if status >= 500 or code in _ABOUT_THE_TURN:
        raise EngineBroke(f"The engine failed with status {status} ({code}).")
    raise EngineRefused(f"The engine refused the turn with status {status} ({code}).")


def _code(answer: Any) -> str:
    """The engine's error code, never its message: that may repeat what a citizen wrote."""
    error = answer.get("error") if isinstance(answer, dict) else None
    code = error.get("code") if isinstance(error, dict) else None
    return (
        code[:40]
        if isinstance(code, str) and code.isascii() and code.replace("_", "").isalnum()
        else "no code"
    )


def _reply(message: dict[str, Any]) -> Reply:
    return Reply(
        text=message.get("text") or "",
        buttons=tuple(
            Button(title=button["title"], says=button.get("payload") or button["title"])
            for button in message.get("buttons") or ()
        ),
        data=message.get("custom") or {},
    )

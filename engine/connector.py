"""The engine's HTTP interface, as docs/architecture.md gives it: turn, forget, health."""

from __future__ import annotations

import hmac
import logging
import os
from functools import wraps
from typing import Any, Awaitable, Callable, Dict, List

import orjson
from rasa.core.channels.channel import InputChannel, UserMessage
from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse

from engine.faults import TurnAborted, TurnError
from engine.locks import ConversationLocks
from engine.processor import TurnProcessor
from engine.replies import CollectedReplies
from engine.request import TurnRequest, read_body, read_conversation, read_turn
from engine.tracker_store import PostgresTrackerStore

log = logging.getLogger(__name__)

Handler = Callable[[Request], Awaitable[HTTPResponse]]


def answer(body: Dict[str, Any], status: int = 200) -> HTTPResponse:
    """A JSON answer."""
    return HTTPResponse(orjson.dumps(body), status, content_type="application/json")


def refusal(error: TurnError) -> HTTPResponse:
    """The one form of every error."""
    return answer({"error": {"code": error.code, "message": str(error)}}, error.status)


class TurnInput(InputChannel):
    """The channel of ``credentials.yml``; its routes lie under ``/webhooks/suda/``.

    Args:
        secret: Every request must carry it as ``Authorization: Bearer``; default is ``SUDA_ENGINE_SECRET``.
    """

    def __init__(self, secret: str) -> None:
        self._bearer = f"Bearer {secret}".encode()
        self._locks = ConversationLocks()

    @classmethod
    def name(cls) -> str:
        """The channel's part of the address."""
        return "suda"

    @classmethod
    def from_credentials(cls, _credentials: "Dict[str, Any] | None") -> "TurnInput":
        """The channel with the secret of the environment; ``credentials.yml`` holds none.

        Raises:
            SystemExit: There is no secret, or one that can be guessed.
        """
        secret = os.environ.get("SUDA_ENGINE_SECRET", "")
        if len(secret) < 16:
            raise SystemExit("The engine has no secret: set SUDA_ENGINE_SECRET to 16 characters or more.")
        return cls(secret)

    def blueprint(self, _on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """The routes; the handler that Rasa offers is not used because it hides errors."""
        routes = Blueprint("suda")
        routes.add_route(self._guarded(self._turn), "/turn", methods=["POST"])
        routes.add_route(self._guarded(self._forget), "/forget", methods=["POST"])
        routes.add_route(self._guarded(self._health), "/health", methods=["GET"])
        return routes

    def _guarded(self, handler: Handler) -> Handler:
        """Check the secret in constant time, and turn every failure into an error that says what to do."""

        @wraps(handler)
        async def guarded(request: Request) -> HTTPResponse:
            given = request.headers.get("authorization", "").encode()
            if not hmac.compare_digest(given, self._bearer):
                return refusal(TurnError(401, "unauthorized", "The bearer secret is missing or wrong."))
            try:
                return await handler(request)
            except TurnError as error:
                failure = error
            except TurnAborted as aborted:
                failure = aborted.error
            except Exception as error:
                failure = TurnError(500, "engine", f"The turn failed: {type(error).__name__}.")
                log.exception("The engine failed.")
            if failure.status >= 500:
                log.error("%s %s: %s", failure.status, failure.code, failure)
            return refusal(failure)

        return guarded

    async def _turn(self, request: Request) -> HTTPResponse:
        turn = read_turn(request.body)
        processor = self._processor(request)
        store = self._store(request)
        async with self._locks.one(turn.conversation):
            seq, recorded = await store.recorded_replies(turn.conversation, turn.inbox_id, turn.seal)
            if recorded is None:
                messages = await self._take(turn, processor, store, seq)
            else:
                messages = recorded
        return answer({"inbox_id": turn.inbox_id, "repeated": recorded is not None, "messages": messages})

    @staticmethod
    async def _take(
        turn: TurnRequest, processor: TurnProcessor, store: PostgresTrackerStore, seq: int
    ) -> List[Dict[str, Any]]:
        replies = CollectedReplies(turn.channel)
        with store.open_turn(turn.conversation, turn.inbox_id, turn.seal, seq) as open_turn:
            await processor.take(turn, replies)
            await store.keep(open_turn, replies.messages)
        return replies.messages

    async def _forget(self, request: Request) -> HTTPResponse:
        conversation = read_conversation(read_body(request.body))
        async with self._locks.one(conversation):
            await self._store(request).forget(conversation)
        return answer({"conversation_id": str(conversation), "forgotten": True})

    async def _health(self, request: Request) -> HTTPResponse:
        processor = self._processor(request)
        reachable = await self._store(request).tables.reachable()
        patches = getattr(request.app.ctx, "patches", ())
        body = {
            "model": processor.model_metadata.model_id,
            "model_file": processor.model_filename,
            "tracker_store": "reachable" if reachable else "unreachable",
            "patches": list(patches),
        }
        return answer(body, 200 if reachable else 503)

    @staticmethod
    def _processor(request: Request) -> TurnProcessor:
        processor = getattr(request.app.ctx, "processor", None)
        if processor is None:
            raise TurnError(503, "starting", "The model is not loaded yet.")
        return processor

    @staticmethod
    def _store(request: Request) -> PostgresTrackerStore:
        return request.app.ctx.processor.tracker_store

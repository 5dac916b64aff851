"""``POST /actions/webhook``: rasa-sdk's executor, and ``POST /actions/draft``, both hosted by our own app behind the engine's secret."""

from __future__ import annotations

import asyncio
import hmac
from dataclasses import asdict
from typing import Any

import orjson
import structlog
from fastapi import APIRouter, Request, Response
from pydantic import TypeAdapter, ValidationError
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionNotFoundException

from actions.calls import alarm_in, draft_call
from actions.complaint.filing import FileCase
from actions.complaint.form import ValidateComplaintForm
from actions.guard import GuardedAction
from actions.services import Services
from actions.triage import TriageMessage
from bot.calls.model import Draft, Told

log = structlog.get_logger(__name__)
_TOLD: TypeAdapter[Told] = TypeAdapter(Told)
_DRAFT: TypeAdapter[Draft] = TypeAdapter(Draft)

ACTIONS: tuple[type[GuardedAction], ...] = (
    ValidateComplaintForm,
    FileCase,
    TriageMessage,
)
"""Every custom action of ``domain.yml``."""


def build_executor(services: Services) -> ActionExecutor:
    """An executor with all actions registered."""
    executor = ActionExecutor()
    for action in ACTIONS:
        executor.register_action(action(services))
    return executor


def build_router(services: Services, secret: str) -> APIRouter:
    """The routes that the engine and our other processes call; ``secret`` is the bearer both sides share."""
    router = APIRouter(include_in_schema=False)
    executor = build_executor(services)

    @router.post("/actions/webhook")
    async def run_action(request: Request) -> Response:
        if not knows(request, secret):
            return _answer({"error": "The engine's secret is missing or wrong."}, 401)
        try:
            call: dict[str, Any] = orjson.loads(await request.body())
            result = await executor.run(call)
        except orjson.JSONDecodeError:
            return _answer({"error": "The body is not JSON."}, 400)
        except ActionNotFoundException:
            return _answer({"error": f"No action named {call.get('next_action')!r} is registered."}, 404)
        except Exception:
            log.exception("actions.call_failed", action=call.get("next_action"))
            return _answer({"error": "The action failed; nothing was decided."}, 500)
        return _answer(result.model_dump() if result is not None else {"events": [], "responses": []}, 200)

    @router.post("/actions/draft")
    async def draft(request: Request) -> Response:
        if not knows(request, secret):
            return _answer({"error": "The engine's secret is missing or wrong."}, 401)
        try:
            told = _TOLD.validate_json(await request.body())
        except ValidationError:
            return _answer({"error": "The body is no call's words."}, 400)
        made = await asyncio.to_thread(draft_call, services, told)
        return Response(_DRAFT.dump_json(made), media_type="application/json")

    @router.post("/actions/alarm")
    async def alarm(request: Request) -> Response:
        if not knows(request, secret):
            return _answer({"error": "The engine's secret is missing or wrong."}, 401)
        words = str(orjson.loads(await request.body())["words"])
        found = await asyncio.to_thread(alarm_in, services, words)
        return _answer({"alarm": None if found is None else asdict(found)}, 200)

    return router


def knows(request: Request, secret: str) -> bool:
    """Whether a request carries the secret that our own processes share."""
    return hmac.compare_digest(request.headers.get("authorization", "").encode(), f"Bearer {secret}".encode())


def _answer(body: dict[str, Any], status: int) -> Response:
    return Response(orjson.dumps(body), status_code=status, media_type="application/json")

"""Faults by HTTP, for a platform that runs as a program: ``POST /faults``, ``GET /counters``."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.support.platforms.wechat.faults import Rates

if TYPE_CHECKING:
    from tests.support.platforms.wechat.platform import WeChatPlatform


async def _soon(work: Coroutine[Any, Any, None]) -> None:
    """What breaks connections leaves the one that asked for it the time to be answered."""
    await asyncio.sleep(0.05)
    await work


def control_routes(platform: WeChatPlatform) -> list[Route]:
    """``POST /faults {"what": ..., others}`` does what the method of that name does; ``GET /counters`` tells what happened."""
    faults = platform.faults

    def outage(seconds: float, how: str = "refuse") -> None:
        platform.start(_soon(platform.outage(float(seconds), how)))

    switches: dict[str, Callable[..., Any]] = {
        "delay": faults.delay,
        "duplicate": faults.duplicate,
        "drop": faults.drop,
        "reorder": faults.reorder,
        "answer_calls": faults.answer_calls,
        "cut_calls": faults.cut_calls,
        "heal": faults.heal,
        "outage": outage,
        "expire_tokens": platform.tokens.expire,
        "forget_tokens": platform.tokens.forget,
        "pass_time": platform.pass_time,
        "rates": lambda **rates: setattr(faults, "rates", Rates(**rates)),
    }

    async def set_fault(request: Request) -> Response:
        asked = await request.json()
        what = asked.pop("what", None)
        if what not in switches:
            return JSONResponse({"error": f"unknown; known: {', '.join(switches)}"}, 400)
        try:
            switches[what](**asked)
        except TypeError as error:
            return JSONResponse({"error": str(error)}, 400)
        return JSONResponse({"done": what})

    async def get_counters(_: Request) -> Response:
        return JSONResponse({"counters": platform.counters(), "problems": platform.problems})

    return [
        Route("/faults", set_fault, methods=["POST"]),
        Route("/counters", get_counters, methods=["GET"]),
    ]

"""``/healthz`` and ``/readyz``: whether the process lives, and whether every part it needs can work."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse

CHECK_WITHIN = 2.0
"""Seconds one part may take to answer."""


@dataclass(frozen=True, slots=True)
class Part:
    """The state of one part.

    Attributes:
        ready: Whether it can work.
        detail: In a few words why not, or what it is; English, no personal data, no addresses.
    """

    ready: bool
    detail: str = ""


Check = Callable[[], Awaitable[Part]]


class Readiness:
    """The checks of a process; lives at ``app.state.readiness``.

    Args:
        checks: Name of the part -> how to ask it. All are asked at the same time.
    """

    def __init__(self, checks: Mapping[str, Check]) -> None:
        self._checks = dict(checks)

    async def look(self) -> dict[str, Part]:
        """The state of every part; a check that fails or hangs is a part that is not ready."""
        results = await asyncio.gather(*(_ask(check) for check in self._checks.values()))
        return dict(zip(self._checks, results, strict=True))


async def _ask(check: Check) -> Part:
    try:
        async with asyncio.timeout(CHECK_WITHIN):
            return await check()
    except TimeoutError:
        return Part(ready=False, detail="no answer in time")
    except Exception as error:  # whatever is wrong with a part, it is not ready
        return Part(ready=False, detail=type(error).__name__)


router = APIRouter(tags=["operations"])


@router.get("/healthz", summary="Does the process live")
async def healthz() -> dict[str, str]:
    """200 as long as the process answers at all."""
    return {"status": "ok"}


@router.get(
    "/readyz", summary="Can every part work", responses={503: {"description": "Some part is not ready."}}
)
async def readyz(request: Request) -> JSONResponse:
    """200 when all parts are ready, else 503; either way each part's state."""
    readiness: Readiness = request.app.state.readiness
    parts = await readiness.look()
    ready = all(part.ready for part in parts.values())
    return JSONResponse(
        {
            "status": "ready" if ready else "not ready",
            "not_ready": [name for name, part in parts.items() if not part.ready],
            "parts": {name: {"ready": part.ready, "detail": part.detail} for name, part in parts.items()},
        },
        status_code=200 if ready else 503,
        headers={"Cache-Control": "no-store"},
    )

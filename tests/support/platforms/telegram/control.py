"""``POST /control``: troubles on command, for whoever is not in this process."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from tests.support.platforms.telegram.world import Trouble, World

_PLAIN = ("delay", "drop_before", "drop_after", "duplicates", "reorder")


def control(world: World) -> Callable[[Request], Awaitable[Response]]:
    """The route: ``{"delay": s, "drop_before": n, "drop_after": n, "duplicates": n, "reorder": bool, "away": s, "trouble":
    {the fields of Trouble}}``, each as it is in :class:`Faults`; ``away`` are seconds of 502.
    """

    async def take(request: Request) -> Response:
        body: dict[str, Any] = await request.json()
        for name, value in body.items():
            if name == "away":
                world.faults.away(float(value))
            elif name == "trouble":
                world.faults.troubles.append(Trouble(**value))
            elif name in _PLAIN:
                setattr(world.faults, name, value)
            else:
                return JSONResponse({"error": f"no such fault: {name}"}, 400)
        return JSONResponse({"ok": True})

    return take

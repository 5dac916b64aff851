"""What a request that is refused costs: ``python -m bench.refusals``; CPU of the whole ASGI app, as the web server would call it.

No database is there: whoever asked it something would fail, not be slow.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any, cast
from urllib.parse import urlencode

from fastapi import FastAPI
from pydantic import SecretStr

from bench.forgeries import forged_telegram, forged_wechat
from bot.connector import ReplayGuard
from bot.intake import Reception
from bot.intake.windows import Windows
from bot.observability.logs import configure_logging
from channels.telegram.webhook import make_router
from channels.wechat.settings import WeChatSettings
from channels.wechat.webhook import Webhook
from serve.cli.output import emit
from serve.edge import Edge
from tests.support.wechat_request import APPID, KEY, TOKEN

TIMES = 300
SECRET = "a-secret-token-of-the-webhook"  # noqa: S105 - a benchmark's
NOBODY = cast("Any", None)


def main() -> None:
    """Measure each kind of refusal."""
    configure_logging(level="ERROR", style="json", process="bench")
    settings = WeChatSettings(
        appid=APPID, secret=SecretStr("0" * 32), token=SecretStr(TOKEN), aes_key=SecretStr(KEY)
    )
    app = FastAPI()
    app.add_middleware(Edge, body_limit=1_048_576)
    app.include_router(
        Webhook(
            settings, cast("Reception", NOBODY), cast("ReplayGuard", NOBODY), cast("Windows", NOBODY)
        ).router()
    )
    app.include_router(make_router(NOBODY, NOBODY, SECRET))
    for path, forge in (("/channels/wechat", forged_wechat), ("/channels/telegram", forged_telegram)):
        for name, (query, headers, body) in forge(SECRET).items():
            emit(
                {
                    "channel": path.rpartition("/")[2],
                    "request": name,
                    **asyncio.run(_cost(app, path, query, headers, body)),
                }
            )


async def _cost(
    app: Callable[..., Any], path: str, query: dict[str, str], headers: dict[str, str], body: bytes
) -> dict[str, Any]:
    status = await _ask(app, path, query, headers, body)
    began = time.process_time()
    for _ in range(TIMES):
        await _ask(app, path, query, headers, body)
    return {"status": status, "cpu_ms": round(1000 * (time.process_time() - began) / TIMES, 2)}


async def _ask(
    app: Callable[..., Any], path: str, query: dict[str, str], headers: dict[str, str], body: bytes
) -> int:
    sent: list[int] = []
    pieces = [body[start : start + 65536] for start in range(0, len(body), 65536)] or [b""]

    async def receive() -> dict[str, Any]:
        if not pieces:
            return {"type": "http.disconnect"}
        piece = pieces.pop(0)
        return {"type": "http.request", "body": piece, "more_body": bool(pieces)}

    async def send(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            sent.append(message["status"])

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "scheme": "http",
        "query_string": urlencode(query).encode(),
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
        "state": {},
    }
    await app(scope, receive, send)
    return sent[0]


if __name__ == "__main__":
    main()

"""A stand-in for the engine over a real socket: keeps the contract of docs/architecture.md, remembers in a file.

Run as a program, ``python stand_in_engine.py PORT JOURNAL``. It answers ``收到：<text>``. The journal holds one JSON
object a line, written and flushed before the answer goes out: ``{"inbox_id", "conversation_id", "text", "replies",
"case"}``; ``case`` is true when the text asks to file (``立案``). A repeated inbox id is answered from the journal.

Words in a text make it misbehave: ``引擎出错`` 500, ``引擎拒绝`` 422, ``引擎未就绪`` 503 while the file ``JOURNAL.down``
exists, ``慢0.5`` waits that many seconds. With ``STAND_IN_FAULT=before_record`` or ``after_record`` it kills itself
at that point of the first turn whose text holds ``断电``.

A conversation that it is told to forget becomes a line of ``JOURNAL.forgotten``; 503 while ``JOURNAL.down`` exists.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import sys
from pathlib import Path
from typing import Any

from aiohttp import web

SECRET = "stand-in-secret-of-the-engine"
SLOW = re.compile(r"慢(\d+(?:\.\d+)?)")


class StandIn:
    """The engine's memory and manners."""

    def __init__(self, journal: Path) -> None:
        self.journal = journal
        self.fault = os.environ.get("STAND_IN_FAULT")
        self.known: dict[int, list[str]] = {}
        if journal.exists():
            for line in journal.read_text(encoding="utf-8").splitlines():
                entry = json.loads(line)
                self.known[entry["inbox_id"]] = entry["replies"]

    async def turn(self, request: web.Request) -> web.Response:
        if request.headers.get("Authorization") != f"Bearer {SECRET}":
            return _error(401, "wrong_secret")
        body = await request.json()
        text, inbox_id = body["text"], body["inbox_id"]
        if inbox_id in self.known:
            return _answer(inbox_id, self.known[inbox_id], repeated=True)
        if self.journal.with_suffix(".down").exists():
            return _error(503, "not_ready")
        if slow := SLOW.search(text):
            await asyncio.sleep(float(slow[1]))
        if "引擎出错" in text:
            return _error(500, "failed")
        if "引擎拒绝" in text:
            return _error(422, "bad_turn")
        replies = [f"收到：{text}"]
        if "立案" in text:
            replies.append("已经登记。")
        self._die_at("before_record", text)
        self._record({**body, "replies": replies, "case": "立案" in text})
        self._die_at("after_record", text)
        return _answer(inbox_id, replies, repeated=False)

    async def forget(self, request: web.Request) -> web.Response:
        if request.headers.get("Authorization") != f"Bearer {SECRET}":
            return _error(401, "wrong_secret")
        if self.journal.with_suffix(".down").exists():
            return _error(503, "not_ready")
        conversation = (await request.json())["conversation_id"]
        with self.journal.with_suffix(".forgotten").open("a", encoding="utf-8") as file:
            file.write(conversation + "\n")
        return web.json_response({"conversation_id": conversation, "forgotten": True})

    def _record(self, entry: dict[str, Any]) -> None:
        self.known[entry["inbox_id"]] = entry["replies"]
        kept = {name: entry[name] for name in ("inbox_id", "conversation_id", "text", "replies", "case")}
        with self.journal.open("a", encoding="utf-8") as file:
            file.write(json.dumps(kept, ensure_ascii=False) + "\n")

    def _die_at(self, point: str, text: str) -> None:
        if self.fault == point and "断电" in text:
            os.kill(os.getpid(), signal.SIGKILL)


def _answer(inbox_id: int, replies: list[str], *, repeated: bool) -> web.Response:
    messages = [{"text": text, "buttons": []} for text in replies]
    return web.json_response({"inbox_id": inbox_id, "repeated": repeated, "messages": messages})


def _error(status: int, code: str) -> web.Response:
    return web.json_response({"error": {"code": code, "message": "as asked"}}, status=status)


def add_routes(app: web.Application, journal: Path) -> None:
    engine = StandIn(journal)
    app.router.add_post("/webhooks/suda/turn", engine.turn)
    app.router.add_post("/webhooks/suda/forget", engine.forget)


def main() -> None:
    port, journal = int(sys.argv[1]), Path(sys.argv[2])
    app = web.Application()
    add_routes(app, journal)
    web.run_app(app, host="127.0.0.1", port=port, print=None, access_log=None)


if __name__ == "__main__":
    main()

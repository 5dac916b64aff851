"""A stand-in for Telegram over a real socket: the Bot API, webhooks and long polling, citizens, and troubles on command.

In a test or a benchmark::

    async with TelegramStandIn() as telegram:
        await telegram.say(42, "小区停水了")
        await telegram.hears(42, 1)
        assert telegram.told(42) == ["…"]
        telegram.world.faults.away(5)

As a program: ``python -m tests.support.platforms.telegram --help``.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable
from typing import Any, Self

from fastapi import FastAPI, Request, Response

from tests.support.platforms.phone import phone_routes
from tests.support.platforms.serving import Served
from tests.support.platforms.telegram import shapes
from tests.support.platforms.telegram.control import control
from tests.support.platforms.telegram.faults import FaultLayer
from tests.support.platforms.telegram.phone import TelegramPhone
from tests.support.platforms.telegram.push import Pusher
from tests.support.platforms.telegram.world import Told, World

TOKEN = "700001:stand-in-token-of-the-bot-0123456789"
SECRET = "stand-in-webhook-secret-0123456789"


class TelegramStandIn:
    """Telegram, as a context; it may be closed and opened again on the same port, as in an outage.

    Args:
        port: To listen on; 0: any free one.
        token: The bot's.
        limits: Of :class:`World`: flood limits.
    """

    def __init__(self, *, port: int = 0, token: str = TOKEN, **limits: Any) -> None:
        self.world = World(token, **limits)
        self.port = port
        self.pusher = Pusher(self.world)
        self._files = itertools.count(1)
        self._queries = itertools.count(1)
        self._served: Served | None = None
        self.app = FaultLayer(self._app(), self.world)

    def _app(self) -> FastAPI:
        app = FastAPI(openapi_url=None)
        api = self.pusher.api
        app.add_route("/bot{token}/{method}", api.serve, methods=["GET", "POST"])
        app.add_route("/file/bot{token}/{path:path}", api.serve_file)
        app.add_route("/pic/{file_id}", self._picture)
        app.add_route("/control", control(self.world), methods=["POST"])
        app.include_router(phone_routes(TelegramPhone(self)))
        return app

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def __aenter__(self) -> Self:
        await self.pusher.open()
        self._served = Served(self.app, self.port)
        self.port = self._served.port
        await self._served.listen()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._let_go()
        if self._served is not None:
            await self._served.end()
        await self.pusher.close()

    async def start(self) -> None:
        """Listen again."""
        assert self._served is not None
        await self._served.listen()

    async def stop(self) -> None:
        """Refuse every connection until :meth:`start`."""
        await self._let_go()
        assert self._served is not None
        await self._served.refuse()

    async def _let_go(self) -> None:
        self.world.poller += 1
        await self.world.wake()  # whoever waits for updates is let go

    async def _picture(self, request: Request) -> Response:
        found = self.world.files.get(request.path_params["file_id"])
        return Response(found[1] if found else b"", 200 if found else 404, media_type="image/jpeg")

    # What citizens do.

    async def say(self, chat_id: int, text: str) -> int:
        """A citizen writes; the number of the update."""
        return await self.send(chat_id, text=text)

    async def send(self, chat_id: int, *, kind: str = "private", shown: str = "", **content: Any) -> int:
        """A citizen sends any message, ``content`` as the Bot API documents it."""
        world = self.world
        said = world.add(chat_id, "citizen", content.get("text") or content.get("caption") or shown)
        message = shapes.citizens_message(chat_id, said.message_id, kind=kind, **content)
        return await self.offer(chat_id, message=message)

    async def edit(self, chat_id: int, message_id: int, text: str) -> int:
        """A citizen corrects a message."""
        message = shapes.citizens_message(chat_id, message_id, text=text)
        return await self.offer(chat_id, edited_message={**message, "edit_date": message["date"] + 1})

    async def location(self, chat_id: int, latitude: float, longitude: float, label: str = "") -> int:
        where = {"latitude": latitude, "longitude": longitude}
        shown = f"[位置] {label}".strip()
        if not label:
            return await self.send(chat_id, location=where, shown=shown)
        venue = {"location": where, "title": label, "address": ""}
        return await self.send(chat_id, location=where, venue=venue, shown=shown)

    async def photo(self, chat_id: int, content: bytes, caption: str = "") -> int:
        file_id = self.keep_file(content, "photos/file.jpg")
        more = {"caption": caption} if caption else {}
        sizes = shapes.photo_sizes(file_id, len(content))
        number = await self.send(chat_id, photo=sizes, shown="[图片]", **more)
        self.world.chat(chat_id).messages[-1].photo = f"/pic/{file_id}"
        return number

    async def voice(self, chat_id: int, content: bytes) -> int:
        file_id = self.keep_file(content, "voice/file.oga")
        return await self.send(chat_id, voice=shapes.voice(file_id, len(content)), shown="[语音]")

    async def press(self, chat_id: int, title: str, *, message_id: int | None = None) -> int:
        """A citizen presses a button by its title: of one message, or of the newest that has it."""
        for told in reversed(self.world.chat(chat_id).told):
            for row in (told.markup or {}).get("inline_keyboard", ()):
                for button in row:
                    if button["text"] == title and message_id in (None, told.message_id):
                        return await self.press_data(chat_id, told.message_id, button["callback_data"])
        raise LookupError(f"no button {title}")

    async def press_data(self, chat_id: int, message_id: int, data: str) -> int:
        told = next(one for one in self.world.chat(chat_id).told if one.message_id == message_id)
        query = {
            "id": f"{chat_id}-{next(self._queries)}",
            "from": shapes.person(chat_id),
            "chat_instance": "1",
            "data": data,
            "message": shapes.bots_message(self.world, chat_id, told),
        }
        return await self.offer(chat_id, callback_query=query)

    async def offer(self, chat_id: int, **content: Any) -> int:
        """Bring any update."""
        update = self.world.update(**content)
        await self.pusher.offer(chat_id, update)
        return int(update["update_id"])

    def keep_file(self, content: bytes, path: str) -> str:
        """A file that can be fetched; its id."""
        number = next(self._files)
        stem, _, ending = path.rpartition(".")
        self.world.files[f"file-{number}"] = (f"{stem}_{number}.{ending}", content)
        return f"file-{number}"

    def block(self, chat_id: int, *, blocked: bool = True) -> None:
        self.world.chat(chat_id).blocked = blocked

    # What citizens were told.

    def told(self, chat_id: int) -> list[str]:
        """The bot's texts, in order."""
        return [told.text for told in self.world.chat(chat_id).told]

    def last(self, chat_id: int) -> Told:
        return self.world.chat(chat_id).told[-1]

    async def hears(self, chat_id: int, count: int, seconds: float = 15) -> list[str]:
        """Wait until the chat was told so many texts."""
        await self.until(lambda: len(self.told(chat_id)) >= count, seconds)
        return self.told(chat_id)

    def replies(self, chat_id: int) -> list[str]:
        """The bot's replies, in order: those that shared a message apart."""
        return [reply for text in self.told(chat_id) for reply in text.split("\n\n")]

    async def hears_replies(self, chat_id: int, count: int, seconds: float = 15) -> list[str]:
        """Wait until the chat was told so many replies."""
        await self.until(lambda: len(self.replies(chat_id)) >= count, seconds)
        return self.replies(chat_id)

    async def until(self, true: Callable[[], object], seconds: float = 15) -> None:
        for _ in range(int(seconds * 50)):
            if true():
                return
            await asyncio.sleep(0.02)
        raise AssertionError("did not come about")

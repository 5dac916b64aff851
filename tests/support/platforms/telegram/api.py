"""The stand-in's Bot API: what bots call, checked as Telegram checks it."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from email.utils import formatdate
from typing import Any
from urllib.parse import parse_qsl, unquote

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from tests.support.platforms.telegram.shapes import bots_message
from tests.support.platforms.telegram.world import SIGN_LASTS, World

Values = dict[str, Any]
_ACTIONS = (
    "typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice", "upload_document",
    "choose_sticker", "find_location", "record_video_note", "upload_video_note",
)  # fmt: skip


class Refusal(Exception):  # noqa: N818
    """An error of the Bot API."""

    def __init__(self, status: int, description: str, **parameters: Any) -> None:
        super().__init__(description)
        self.status, self.description, self.parameters = status, description, parameters

    def response(self) -> Response:
        body: Values = {"ok": False, "error_code": self.status, "description": self.description}
        if self.parameters:
            body["parameters"] = self.parameters
        return JSONResponse(body, self.status)


class BotApi:
    """Takes calls.

    Args:
        world: What it acts on.
        push_again: Called when a webhook was set: what waits is to be brought there.
    """

    def __init__(self, world: World, push_again: Callable[[], None]) -> None:
        self.world = world
        self._push_again = push_again
        self._methods: dict[str, Callable[[Values], Awaitable[Any]]] = {
            name.lower(): getattr(self, f"_{name}")
            for name in (
                "getMe", "setWebhook", "getWebhookInfo", "deleteWebhook", "getUpdates", "sendMessage",
                "answerCallbackQuery", "editMessageReplyMarkup", "setMyCommands", "getMyCommands", "sendChatAction",
                "getFile",
            )
        }  # fmt: skip

    async def serve(self, request: Request) -> Response:
        """``/bot<token>/<method>``, parameters in query, form or JSON."""
        values: Values = dict(request.query_params)
        if request.method == "POST":
            if request.headers.get("content-type", "").startswith("application/json"):
                values |= await request.json()
            else:
                values |= dict(parse_qsl((await request.body()).decode(), keep_blank_values=True))
        method, since = request.path_params["method"], time.monotonic()
        try:
            if request.path_params["token"] != self.world.token:
                raise Refusal(401, "Unauthorized")  # noqa: TRY301
            result = await self.call(method, values)
        except Refusal as refusal:
            self.world.note("out", method, str(refusal), since, well=False)
            return refusal.response()
        self.world.note("out", method, "ok", since, well=True)
        date = formatdate(time.time() + self.world.clock_off, usegmt=True)
        return JSONResponse({"ok": True, "result": result}, headers={"Date": date})

    async def serve_file(self, request: Request) -> Response:
        """``/file/bot<token>/<path>``."""
        path = unquote(request.path_params["path"])
        for known, content in self.world.files.values():
            if known == path and request.path_params["token"] == self.world.token:
                return Response(content, media_type="application/octet-stream")
        return Response(status_code=404)

    async def call(self, method: str, values: Values) -> Any:
        """One call, however it came; answers to webhooks come here as well."""
        take = self._methods.get(method.lower())
        if take is None:
            raise Refusal(404, "Not Found")
        self.world.calls.append(method)
        chat = values.get("chat_id")
        trouble = self.world.faults.trouble_for(method, int(chat) if chat else None)
        if trouble is not None:
            more = {} if trouble.retry_after is None else {"retry_after": trouble.retry_after}
            raise Refusal(trouble.status, trouble.description, **more)
        return await take({name: _plain(value) for name, value in values.items()})

    async def _getMe(self, _values: Values) -> Any:  # noqa: N802
        return {**self.world.bot, "can_join_groups": True, "can_read_all_group_messages": False,
                "supports_inline_queries": False}  # fmt: skip

    async def _setWebhook(self, values: Values) -> Any:  # noqa: N802
        hook = self.world.webhook
        hook.url, hook.secret = values.get("url", ""), values.get("secret_token", "")
        hook.allowed = values.get("allowed_updates") or hook.allowed
        hook.last_error, hook.last_error_at = "", 0
        self._push_again()
        return True

    async def _deleteWebhook(self, _values: Values) -> Any:  # noqa: N802
        self.world.webhook.url = ""
        return True

    async def _getWebhookInfo(self, _values: Values) -> Any:  # noqa: N802
        hook = self.world.webhook
        info: Values = {
            "url": hook.url,
            "has_custom_certificate": False,
            "pending_update_count": len(self.world.waiting),
            "allowed_updates": hook.allowed,
        }
        if hook.last_error:
            info |= {"last_error_date": hook.last_error_at, "last_error_message": hook.last_error}
        return info

    async def _getUpdates(self, values: Values) -> Any:  # noqa: N802
        world = self.world
        if world.webhook.url:
            raise Refusal(
                409,
                "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
            )
        world.poller += 1
        mine = world.poller
        await world.wake()
        offset = int(values.get("offset") or 0)
        while world.waiting and world.waiting[0]["update_id"] < offset:
            world.waiting.popleft()
        until = time.monotonic() + float(values.get("timeout") or 0)
        while not world.waiting and mine == world.poller and time.monotonic() < until:
            async with world.news:
                try:
                    await asyncio.wait_for(world.news.wait(), until - time.monotonic())
                except TimeoutError:
                    break
        if mine != world.poller:
            raise Refusal(
                409,
                "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
            )
        return list(world.waiting)[: int(values.get("limit") or 100)]

    async def _sendMessage(self, values: Values) -> Any:  # noqa: N802
        world, chat_id = self.world, int(values["chat_id"])
        text = str(values.get("text", "")).strip()
        if chat_id not in world.chats:
            raise Refusal(400, "Bad Request: chat not found")
        if world.chats[chat_id].blocked:
            raise Refusal(403, "Forbidden: bot was blocked by the user")
        if not text:
            raise Refusal(400, "Bad Request: message text is empty")
        if len(text.encode("utf-16-le")) // 2 > 4096:
            raise Refusal(400, "Bad Request: message is too long")
        markup = values.get("reply_markup")
        _check_keyboard(markup or {})
        if world.too_fast(chat_id):
            after = world.retry_after
            raise Refusal(429, f"Too Many Requests: retry after {after}", retry_after=after)
        told = world.add(chat_id, "bot", text, markup)
        await world.wake()
        return bots_message(world, chat_id, told)

    async def _answerCallbackQuery(self, values: Values) -> Any:  # noqa: N802
        query = str(values.get("callback_query_id", ""))
        chat = self.world.chats.get(int(query.partition("-")[0] or 0))
        if chat is None:
            raise Refusal(
                400, "Bad Request: query is too old and response timeout expired or query ID is invalid"
            )
        chat.answered.append(query)
        return True

    async def _editMessageReplyMarkup(self, values: Values) -> Any:  # noqa: N802
        for told in self.world.chat(int(values["chat_id"])).told:
            if told.message_id == int(values["message_id"]):
                told.markup = values.get("reply_markup")
                return bots_message(self.world, int(values["chat_id"]), told)
        raise Refusal(400, "Bad Request: message to edit not found")

    async def _setMyCommands(self, values: Values) -> Any:  # noqa: N802
        self.world.commands = values["commands"]
        return True

    async def _getMyCommands(self, _values: Values) -> Any:  # noqa: N802
        return self.world.commands

    async def _sendChatAction(self, values: Values) -> Any:  # noqa: N802
        chat = self.world.chats.get(int(values["chat_id"]))
        if chat is None:
            raise Refusal(400, "Bad Request: chat not found")
        if chat.blocked:
            raise Refusal(403, "Forbidden: bot was blocked by the user")
        if values.get("action") not in _ACTIONS:
            raise Refusal(400, "Bad Request: wrong parameter action in request")
        chat.signs.append(datetime.now(UTC))
        chat.typing_until = time.monotonic() + SIGN_LASTS
        return True

    async def _getFile(self, values: Values) -> Any:  # noqa: N802
        file_id = str(values.get("file_id", ""))
        if file_id not in self.world.files:
            raise Refusal(400, "Bad Request: wrong file_id or the file is temporarily unavailable")
        path, content = self.world.files[file_id]
        if len(content) > 20 * 1024 * 1024:
            raise Refusal(400, "Bad Request: file is too big")
        return {
            "file_id": file_id,
            "file_unique_id": f"u{file_id}",
            "file_size": len(content),
            "file_path": path,
        }


def _check_keyboard(markup: Values) -> None:
    for row in markup.get("inline_keyboard", ()):
        for button in row:
            if not 1 <= len(button.get("callback_data", "").encode()) <= 64:
                raise Refusal(400, "Bad Request: BUTTON_DATA_INVALID")
            if not button.get("text"):
                raise Refusal(400, "Bad Request: inline keyboard button text is empty")


def _plain(value: Any) -> Any:
    """Forms carry lists and objects as JSON."""
    if isinstance(value, str) and value[:1] in ("{", "["):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value

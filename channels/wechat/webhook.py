"""``/channels/wechat``: the URL check, and messages, answered while WeChat waits or accepted for later."""

from __future__ import annotations

import time
from contextlib import suppress

import psycopg
import structlog
from fastapi import APIRouter
from psycopg_pool import PoolTimeout
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from bot.connector import ReplayGuard
from bot.connector.body import BodyRefused, read_body
from bot.errors import ChannelError, RateLimited, StorageError
from bot.intake import Receipt, Reception
from bot.intake.windows import Windows
from bot.messages import Incoming
from bot.observability import metrics
from channels.wechat.envelope import BODY_LIMIT, Envelope, Opened
from channels.wechat.parse import Parsed, parse
from channels.wechat.passive import SUCCESS, cut, fitting, fitting_or_first, joined, text_reply
from channels.wechat.refusal import Refused
from channels.wechat.settings import WeChatSettings
from channels.wechat.signature import Signed, check

log = structlog.get_logger(__name__)

ANSWER_WITHIN = 4.0
"""Seconds from a request's arrival to its answer; WeChat cuts at 5 and the way there and back takes its time."""
CUT_AFTER = 5.0
"""Seconds after which WeChat has cut the request and asks again."""
BODY_WITHIN = 3.0
"""Seconds a body may take to arrive."""
LAST_TRY_AFTER = 9.0
"""Seconds after a message's first try from which a try is WeChat's third and last; an account that can only answer uses all."""
PATIENT = 5.4
"""Seconds such an account keeps a try that is not the last: longer than WeChat waits."""

NOT_READABLE = "这种消息我还看不懂。请用文字说说是什么事、在哪里，也可以发照片、位置或语音。"
TOO_FAST = "您发得有点快，请稍等片刻再发。如遇紧急情况，请直接拨打 110、119、120 或 122。"
STILL_WORKING = "这件事我还在查，请过一会儿随便发个字，我把结果告诉您。您说的已经收好了。"


class Webhook:
    """The routes of one account.

    Args:
        settings: The account.
        reception: Where messages are handed in.
        replays: Binds each nonce to its message.
        windows: Of the account's citizens.
        answer_within: See :data:`ANSWER_WITHIN`.
    """

    def __init__(
        self,
        settings: WeChatSettings,
        reception: Reception,
        replays: ReplayGuard,
        windows: Windows,
        *,
        answer_within: float = ANSWER_WITHIN,
        patient: float = PATIENT,
    ) -> None:
        self._settings = settings
        self._reception = reception
        self._replays = replays
        self._windows = windows
        self._answer_within = answer_within
        self._patient = patient
        self._envelope = Envelope(settings.appid, settings.aes_keys)
        self._only_answers = settings.kind == "subscription"

    def router(self) -> APIRouter:
        """Its routes."""
        router = APIRouter(tags=["wechat"])
        router.add_api_route("/channels/wechat", self.check_url, methods=["GET"], summary="URL check")
        router.add_api_route("/channels/wechat", self.receive, methods=["POST"], summary="Messages")
        return router

    async def check_url(self, request: Request) -> Response:
        """Answer WeChat's check of the address with its own ``echostr``."""
        try:
            signed = check(request.query_params, self._settings.tokens, time.time())
            echo = self._envelope.open_echo(request.query_params.get("echostr", ""), signed)
            if not self._settings.aes_keys:
                await self._bind(signed, "the URL check")
            return PlainTextResponse(echo)
        except Refused as refused:
            return _refused(refused)

    async def receive(self, request: Request) -> Response:
        """Take one message; 200 with an encrypted or plain reply, ``success``, or a refusal."""
        arrived = time.monotonic()
        try:
            signed = check(request.query_params, self._settings.tokens, time.time())
            body = await read_body(request, limit=BODY_LIMIT, within=BODY_WITHIN)
            opened = self._envelope.open(body, signed)
            parsed = parse(opened.message)
            if opened.key is None:
                # An encrypted body is signed together with its nonce; of a plain one the signature says nothing.
                said = parsed.incoming
                await self._bind(signed, said.external_id if isinstance(said, Incoming) else body.hex())
            return await self._take(parsed, opened, signed, arrived)
        except BodyRefused as error:
            return _refused(Refused("no_message" if error.reason == "cut" else error.reason))
        except Refused as refused:
            return _refused(refused)

    async def _take(self, parsed: Parsed, opened: Opened, signed: Signed, arrived: float) -> Response:
        incoming = parsed.incoming
        if incoming == "not_readable":
            return self._answer(parsed, opened, signed, NOT_READABLE)
        if not isinstance(incoming, Incoming):
            if incoming == "left":
                await self._left(parsed.openid)
            return PlainTextResponse(SUCCESS)
        try:
            receipt = await self._reception.accept(incoming)
        except RateLimited:
            return self._answer(parsed, opened, signed, TOO_FAST)
        except StorageError as error:
            raise Refused("busy") from error  # WeChat asks again, and then it may be kept
        except ChannelError:
            log.warning("wechat_message_of_another_sender")
            raise Refused("replayed") from None
        if self._only_answers:
            return await self._answer_only(parsed, opened, signed, receipt, arrived)
        if time.monotonic() - arrived > CUT_AFTER:
            return PlainTextResponse(
                SUCCESS
            )  # to nobody: the message stays held for the next try, or for the worker
        handed = await self._reception.hand_over(
            receipt.inbox_id, self._left_of(arrived), fitting, asked_again=receipt.duplicate
        )
        if handed.state != "handed":
            return PlainTextResponse(SUCCESS)
        return self._answer(parsed, opened, signed, joined(handed.replies))

    async def _answer_only(
        self, parsed: Parsed, opened: Opened, signed: Signed, receipt: Receipt, arrived: float
    ) -> Response:
        """Answer for an account that can send nothing: what is not ready by WeChat's last try waits for the next message."""
        last = receipt.age > LAST_TRY_AFTER
        wait = self._left_of(arrived) if last else self._patient - (time.monotonic() - arrived)
        handed = await self._reception.hand_over(
            receipt.inbox_id, wait, fitting_or_first, let_go=last, only_answers=True
        )
        if handed.state == "handed":
            return self._answer(parsed, opened, signed, cut(joined(handed.replies)))
        return self._answer(parsed, opened, signed, STILL_WORKING if last else "")

    async def _bind(self, signed: Signed, message: str) -> None:
        """Let this signature stand for this message only."""
        try:
            replayed = await self._replays.is_replay(signed.timestamp, signed.nonce, message)
        except (psycopg.Error, PoolTimeout) as error:
            raise Refused("busy") from error
        if replayed:
            raise Refused("replayed")

    def _answer(self, parsed: Parsed, opened: Opened, signed: Signed, text: str) -> Response:
        if not text:
            return PlainTextResponse(SUCCESS)
        xml = text_reply(parsed.openid, parsed.account, text)
        return Response(self._envelope.seal(xml, opened.key, signed.token), media_type="application/xml")

    def _left_of(self, arrived: float) -> float:
        return max(0.0, self._answer_within - (time.monotonic() - arrived))

    async def _left(self, openid: str) -> None:
        """Whoever stops following can be told nothing more."""
        citizen_id = await self._reception.find("wechat", openid)
        if citizen_id is not None:
            with suppress(psycopg.Error, PoolTimeout):  # else the platform says so at the first message
                await self._windows.shut(citizen_id)


def _refused(refused: Refused) -> Response:
    metrics.error_happened(f"wechat_{refused.code}")
    log.info("wechat_request_refused", code=refused.code)
    return refused.response()

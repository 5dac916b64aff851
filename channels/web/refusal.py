"""The web channel's refusals: a status, a stable code, and the sentence a citizen reads."""

from __future__ import annotations

from typing import Any

import orjson
from starlette.responses import Response

from bot.errors import ChannelError

_REFUSALS: dict[str, tuple[int, str]] = {
    "empty_body": (400, "没有收到内容，请再发一次。"),
    "not_json": (400, "内容的格式不对，需要 JSON。"),
    "not_object": (400, "内容的格式不对，需要一个 JSON 对象。"),
    "bad_text": (400, "缺少文字内容（text），它应是一段文字。"),
    "bad_message_id": (400, "message_id 应是 1 到 128 个字母、数字或 . _ : - 。"),
    "bad_sender_id": (400, "sender_id 应是 1 到 128 个可见字符。"),
    "bad_sent_at": (400, "sent_at 应是带时区的 ISO 8601 时间。"),
    "bad_cursor": (400, "无法从这个位置继续接收消息，请刷新页面。"),
    "no_sender": (401, "请先打开聊天页面。"),
    "wrong_api_key": (401, "X-API-Key 不正确。"),
    "api_key_required": (403, "sender_id 和 sent_at 只在带有正确的 X-API-Key 时可用。"),
    "cross_site": (403, "请在本页面内发送消息。"),
    "too_slow": (408, "网络太慢，没有收全您的话，请再发一次。"),
    "too_long": (413, "这段文字太长了，请分成几条发送。"),
    "not_json_type": (415, "Content-Type 应为 application/json。"),
    "too_fast": (429, "您发得有点快，请稍等片刻再发。如遇紧急情况，请直接拨打 110、119、120 或 122。"),
    "too_many_streams": (429, "打开的页面太多了，请关闭几个再试。"),
    "busy": (503, "系统暂时繁忙，请稍后再发一次。如遇紧急情况，请直接拨打 110、119、120 或 122。"),
}


class Refused(ChannelError):  # noqa: N818
    """A request the web channel does not take; ``code`` is one of the documented codes."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
        self.status, self.sentence = _REFUSALS[code]


def json_response(body: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """A JSON answer that no cache keeps: it is one citizen's conversation."""
    response = Response(orjson.dumps(body), status, media_type="application/json")
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    if headers:
        response.headers.update(headers)
    return response


def refusal_response(refused: Refused) -> Response:
    """``{"error": {"code", "message"}}`` with the refusal's status."""
    headers = {"Retry-After": "10"} if refused.status in (429, 503) else None
    return json_response(
        {"error": {"code": refused.code, "message": refused.sentence}}, refused.status, headers
    )

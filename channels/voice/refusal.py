"""The voice channel's refusals: a status, a stable code, a sentence that says what to do."""

from __future__ import annotations

from starlette.responses import JSONResponse

from bot.errors import ChannelError

NO_STORE = {"Cache-Control": "no-store"}
_REFUSALS: dict[str, tuple[int, str]] = {
    "unauthorized": (401, "需要有效的密钥（X-API-Key）。"),
    "no_recording": (422, "请求里没有录音：请作为请求体，或作为表单里的文件发送。"),
    "bad_form": (400, "表单读不出来：请按 multipart/form-data 发送一个文件。"),
    "bad_call_id": (422, "call_id 只能是 1 到 128 个字母、数字或 . _ : @ + -。"),
    "bad_caller_channel": (422, "caller_channel 只能是 left、right 或 auto。"),
    "bad_started_at": (422, "started_at 要写成 2026-11-26T09:30:00+08:00 的样子。"),
    "bad_json": (422, "不是一个 JSON 对象。"),
    "bad_type": (422, "type 只能是 start、segment、partial、final 或 end。"),
    "bad_speaker": (422, "speaker 只能是 caller、operator 或 unknown。"),
    "bad_time": (422, "start 和 end 是从通话开始算起的秒数，end 不小于 start。"),
    "bad_text": (422, "text 要是 1 到 4000 个字。"),
    "bad_confidence": (422, "confidence 是 0 到 1 的数。"),
    "empty": (422, "录音是空的（0 字节）。"),
    "not_audio": (415, "不是我们认识的录音：支持 wav、mp3、amr、silk、ogg、m4a、flac、webm。"),
    "too_large": (413, "录音太大了：请分段发送，或调高 SUDA_SPEECH_LARGEST。"),
    "too_long": (413, "内容太长了。"),
    "too_slow": (408, "录音没有在规定时间内传完，请再传一次。"),
    "cut": (400, "录音没有传完，请再传一次。"),
    "unsafe": (422, "扫描程序认为这个文件不安全，没有收下。"),
    "erased": (410, "这通电话的市民已要求删除信息，不再收下。"),
    "not_found": (404, "没有这通电话。"),
    "closed": (409, "这通电话已经处理过了。"),
    "busy": (503, "系统正忙，没有收下，请稍后再传一次。"),
}


class Refused(ChannelError):  # noqa: N818
    """What is not taken; ``code`` is one of the documented codes, nothing of it is kept."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
        self.status, self.sentence = _REFUSALS[code]

    def as_json(self) -> dict[str, dict[str, str]]:
        """``{"error": {"code", "message"}}``."""
        return {"error": {"code": self.code, "message": self.sentence}}

    def response(self) -> JSONResponse:
        """The answer."""
        return JSONResponse(self.as_json(), self.status, headers=NO_STORE)

"""The WeChat channel's refusals: a status and a stable code. WeChat shows neither to anybody; logs and metrics do."""

from __future__ import annotations

from starlette.responses import PlainTextResponse, Response

from bot.errors import ChannelError

_STATUS = {
    "unsigned": 403,
    "stale": 403,
    "forged": 403,
    "replayed": 403,
    "undecipherable": 403,
    "not_encrypted": 403,
    "too_long": 413,
    "too_slow": 408,
    "not_xml": 400,
    "no_message": 400,
    "busy": 503,
}


class Refused(ChannelError):  # noqa: N818
    """A request that is not taken; ``code`` is one of the documented codes."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
        self.status = _STATUS[code]

    def response(self) -> Response:
        """The answer."""
        return PlainTextResponse(self.code, self.status)

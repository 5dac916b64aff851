"""What is fuzzed: from a request's bytes to a message, everything that strangers' bytes reach. Only refusals may come out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from channels.telegram.parse import Unreadable, parse_update, read_json
from channels.wechat.envelope import Envelope
from channels.wechat.parse import parse
from channels.wechat.refusal import Refused
from channels.wechat.signature import Signed, check, sign
from tests.support.wechat_request import APPID, KEY, OLD_KEY, TOKEN

CORPUS = Path(__file__).parent / "corpus"
_PLAIN = Envelope(APPID, ())
_SAFE = Envelope(APPID, (KEY, OLD_KEY))
_NOW = 1795600000.0
_MOMENT = datetime.fromtimestamp(_NOW, UTC)


def wechat(data: bytes) -> None:
    """The first byte chooses: a query, a plain body, a body of safe mode, a rightly signed ciphertext."""
    kind, rest = data[:1], data[1:]
    try:
        if kind == b"q":
            parts = rest.decode("utf-8", "surrogateescape").split("\n")
            names = ("signature", "timestamp", "nonce", "encrypt_type", "msg_signature", "echostr")
            check(dict(zip(names, parts, strict=False)), (TOKEN, "other"), _NOW)
        elif kind == b"s":
            parse(_SAFE.open(rest, Signed("1", "2", TOKEN, "x" * 40)).message)
        elif kind == b"c":
            encrypted = rest.decode("latin-1")
            signed = Signed("1", "2", TOKEN, sign(TOKEN, "1", "2", encrypted))
            _SAFE.open_echo(encrypted, signed)
        else:
            parse(_PLAIN.open(rest, Signed("1", "2", TOKEN, None)).message)
    except Refused:
        return


def telegram(data: bytes) -> None:
    """A webhook's body whose secret was right."""
    try:
        parse_update(read_json(data), "7", _MOMENT)
    except Unreadable:
        return


TARGETS: dict[str, Callable[[bytes], None]] = {"wechat": wechat, "telegram": telegram}

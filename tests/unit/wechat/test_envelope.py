"""Bodies opened and replies sealed: three modes, two keys, and XML that wants to hurt."""

import time

import pytest
from wechatpy.crypto import WeChatCrypto

from channels.wechat.envelope import ELEMENTS, Envelope, parse_xml
from channels.wechat.refusal import Refused
from channels.wechat.signature import check
from tests.support.wechat_request import APPID, KEY, OLD_KEY, TOKEN, Signed, signature, text_message, xml

SAFE = Envelope(APPID, (KEY, OLD_KEY))
PLAIN = Envelope(APPID, ())


def refusal(envelope: Envelope, request: Signed, content: bytes | None = None) -> str:
    signed = check(request.query(), (TOKEN,), time.time())
    with pytest.raises(Refused) as caught:
        envelope.open(request.content() if content is None else content, signed)
    return caught.value.code


def opened(envelope: Envelope, request: Signed) -> tuple[str, str | None]:
    found = envelope.open(request.content(), check(request.query(), (TOKEN,), time.time()))
    return found.message["Content"], found.key


def test_plain_and_encrypted_messages_are_opened() -> None:
    assert opened(PLAIN, Signed(text_message("你好"))) == ("你好", None)
    assert opened(SAFE, Signed(text_message("你好 & <b>"), key=KEY)) == ("你好 & <b>", KEY)


def test_the_key_before_a_change_still_opens_and_seals_the_answer() -> None:
    assert opened(SAFE, Signed(text_message("你好"), key=OLD_KEY)) == ("你好", OLD_KEY)
    sealed = SAFE.seal("<xml>答</xml>", OLD_KEY, TOKEN)
    outer = parse_xml(sealed.encode())
    crypto = WeChatCrypto(TOKEN, OLD_KEY, APPID)
    inside = crypto.decrypt_message(sealed, outer["MsgSignature"], outer["TimeStamp"], outer["Nonce"])
    assert inside == "<xml>答</xml>"


def test_in_safe_mode_nothing_plain_is_taken() -> None:
    assert refusal(SAFE, Signed(text_message())) == "not_encrypted"


def test_a_body_that_another_signature_covers_is_forged() -> None:
    one, other = Signed(text_message("一"), key=KEY), Signed(text_message("二"), key=KEY)
    assert refusal(SAFE, one, other.content()) == "forged"


def test_a_message_for_another_account_is_not_opened() -> None:
    assert refusal(Envelope("wxother", (KEY,)), Signed(text_message(), key=KEY)) == "undecipherable"


@pytest.mark.parametrize("encrypted", ["", "AAAA", "A" * 44, "汉字", "=", "A" * 88])
def test_what_is_signed_and_yet_no_ciphertext_is_refused(encrypted: str) -> None:
    request = Signed(text_message(), key=KEY)
    query = request.query() | {"msg_signature": signature(TOKEN, request.timestamp, request.nonce, encrypted)}
    with pytest.raises(Refused) as caught:
        SAFE.open(xml(Encrypt=encrypted).encode(), check(query, (TOKEN,), time.time()))
    assert caught.value.code in ("undecipherable", "not_encrypted")


BOMB = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><xml><Content>&b;</Content></xml>"""
FILE = b"""<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]><xml><Content>&a;</Content></xml>"""


@pytest.mark.parametrize(
    "body",
    [
        BOMB,
        FILE,
        b"",
        b"x",
        b"<xml>",
        b"<xml/>",
        b"<xml>words only</xml>",
        b"<other><a>1</a></other>",
        b"\xff\xfe<\x00x\x00m\x00l\x00",
        "<xml><a>é</a></xml>".encode("latin-1"),
        b"<xml>" + b"<a>" * 500 + b"</a>" * 500 + b"</xml>",
    ],
)
def test_xml_that_is_none_or_wants_to_hurt_is_refused(body: bytes) -> None:
    with pytest.raises(Refused) as caught:
        parse_xml(body)
    assert caught.value.code == "not_xml"


def test_a_message_of_the_usual_size_has_far_fewer_elements_than_the_limit() -> None:
    assert text_message().count("<") * 5 < ELEMENTS

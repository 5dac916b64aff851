"""The stand-in's signatures and encryption against wechatpy's, which knows nothing of them."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wechatpy.crypto import WeChatCrypto
from wechatpy.utils import check_signature

from tests.support.platforms.wechat import Account, random_aes_key
from tests.support.platforms.wechat.crypto import Cipher, WrongCipherError, sign
from tests.support.platforms.wechat.passive import WrongAnswerError, read_answer
from tests.support.platforms.wechat.payloads import message, to_xml
from tests.support.platforms.wechat.webhook import Stamp, Webhook

ACCOUNT = Account("http://127.0.0.1:9/", mode="safe")
OURS = Cipher(ACCOUNT.aes_key, ACCOUNT.appid)
THEIRS = WeChatCrypto(ACCOUNT.token, ACCOUNT.aes_key, ACCOUNT.appid)
TEXTS = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=200)


def test_a_query_is_signed_as_wechatpy_checks_it() -> None:
    stamp = Stamp.new()
    check_signature(
        ACCOUNT.token, sign(ACCOUNT.token, stamp.timestamp, stamp.nonce), stamp.timestamp, stamp.nonce
    )


@given(TEXTS)
def test_wechatpy_opens_what_the_platform_sealed(text: str) -> None:
    stamp = Stamp.new()
    query, body = Webhook(ACCOUNT, None).request(message("oX", "text", [("Content", text)], text), stamp)  # type: ignore[arg-type]
    opened = THEIRS.decrypt_message(body.decode(), query["msg_signature"], stamp.timestamp, stamp.nonce)
    assert (ElementTree.fromstring(opened).findtext("Content") or "") == text  # noqa: S314 - made above


@given(TEXTS.filter(str.strip))
def test_the_platform_opens_what_wechatpy_sealed(text: str) -> None:
    fields = [
        ("ToUserName", "oX"),
        ("FromUserName", ACCOUNT.original_id),
        ("CreateTime", 1),
        ("MsgType", "text"),
    ]
    sealed = THEIRS.encrypt_message(to_xml([*fields, ("Content", text)]), "nonce", "1700000000")
    reply = read_answer(sealed.encode(), ACCOUNT, OURS, "oX")
    assert reply is not None
    assert reply.text == text
    assert reply.sealed


@pytest.mark.parametrize("length", [0, 1, 11, 12, 31, 32, 33, 2048])
def test_every_length_comes_back_whole(length: int) -> None:
    text = "灯" * length
    assert OURS.open(OURS.seal(text)) == text


def test_another_key_appid_or_signature_is_refused() -> None:
    with pytest.raises(WrongCipherError):
        Cipher(random_aes_key(), ACCOUNT.appid).open(OURS.seal("你好"))
    with pytest.raises(WrongCipherError, match="appid"):
        Cipher(ACCOUNT.aes_key, "wxother").open(OURS.seal("你好"))
    with pytest.raises(WrongCipherError, match="base64"):
        OURS.open("不是")
    forged = WeChatCrypto("anotherToken", ACCOUNT.aes_key, ACCOUNT.appid).encrypt_message(
        "<xml></xml>", "n", "1"
    )
    with pytest.raises(WrongAnswerError, match="MsgSignature"):
        read_answer(forged.encode(), ACCOUNT, OURS, "oX")


def test_an_aes_key_is_43_letters_and_digits() -> None:
    key = random_aes_key()
    assert len(key) == 43
    assert key.isalnum()
    assert Cipher(key, "wx").open(Cipher(key, "wx").seal("好")) == "好"

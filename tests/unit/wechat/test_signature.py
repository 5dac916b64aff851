"""Whose requests are taken: WeChat's, fresh, by either of two tokens."""

import time

import pytest

from channels.wechat.refusal import Refused
from channels.wechat.signature import FRESH, check, sign
from tests.support.wechat_request import TOKEN, Signed, text_message


def refusal(query: dict[str, str], tokens: tuple[str, ...] = (TOKEN,), now: float | None = None) -> str:
    with pytest.raises(Refused) as caught:
        check(query, tokens, time.time() if now is None else now)
    return caught.value.code


def test_the_signature_is_that_of_the_documentation() -> None:
    # sha1 of the sorted parts, as WeChat's own example code computes it.
    assert sign("b", "a", "c") == "a9993e364706816aba3e25717850c26c9cd0d89d"


def test_a_request_of_wechat_is_taken() -> None:
    signed = check(Signed(text_message()).query(), (TOKEN,), time.time())
    assert (signed.nonce, signed.token, signed.msg_signature) == ("5577006791", TOKEN, None)


def test_the_token_before_a_change_still_signs() -> None:
    assert check(Signed("x", token="old1").query(), ("new1", "old1"), time.time()).token == "old1"


@pytest.mark.parametrize("missing", ["signature", "timestamp", "nonce"])
def test_what_is_not_signed_is_refused(missing: str) -> None:
    query = Signed("x").query()
    del query[missing]
    assert refusal(query) == "unsigned"


@pytest.mark.parametrize(
    "change", [{"nonce": "other"}, {"signature": "0" * 40}, {"signature": "é" * 40}, {"nonce": "\ud800"}]
)
def test_what_was_changed_is_refused(change: dict[str, str]) -> None:
    assert refusal(Signed("x").query() | change) == "forged"


@pytest.mark.parametrize("timestamp", ["-1", "１２３", "1e9", "9" * 80, "12.5"])
def test_a_time_that_is_none_is_refused(timestamp: str) -> None:
    assert refusal(Signed("x").query() | {"timestamp": timestamp}) == "unsigned"


@pytest.mark.parametrize("seconds", [-FRESH - 2, FRESH + 2])
def test_a_signature_of_another_time_is_stale_however_right(seconds: float) -> None:
    assert refusal(Signed("x", timestamp=str(int(time.time() + seconds))).query()) == "stale"


def test_a_token_that_nobody_has_signs_nothing() -> None:
    assert refusal(Signed("x", token="evil1").query()) == "forged"

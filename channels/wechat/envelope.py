"""A request's body opened, and a reply sealed: XML without traps, AES with two keys."""

from __future__ import annotations

import binascii
import secrets
import struct
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from xml.parsers.expat import ExpatError

import xmltodict
from wechatpy.crypto import WeChatCrypto
from wechatpy.crypto.base import BasePrpCrypto
from wechatpy.exceptions import InvalidAppIdException

from channels.wechat.refusal import Refused
from channels.wechat.signature import Signed, check_body

BODY_LIMIT = 64 * 1024
"""Bytes of a body; WeChat's longest messages have some 10 KB, encrypted."""
ELEMENTS = 400
"""Opening brackets of a message; WeChat's longest have some 60."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A body after all checks.

    Attributes:
        message: The elements of ``<xml>``.
        key: The AES key that opened it, with which its reply is sealed; None when it was plain.
    """

    message: dict[str, Any]
    key: str | None


class Envelope:
    """Opens and seals for one account.

    Args:
        appid: The account.
        keys: AES keys, newest first; none in plain mode.
    """

    def __init__(self, appid: str, keys: Sequence[str]) -> None:
        self._appid = appid
        self._keys = {key: WeChatCrypto("", key, appid).key for key in keys}

    def open(self, body: bytes, signed: Signed) -> Opened:
        """The message in a body whose query was checked.

        Raises:
            Refused: ``not_xml``, ``not_encrypted``, ``forged`` or ``undecipherable``.
        """
        outer = parse_xml(body)
        if not self._keys:
            return Opened(outer, None)
        encrypted = outer.get("Encrypt")
        if signed.msg_signature is None or not isinstance(encrypted, str):
            raise Refused("not_encrypted")
        check_body(signed, encrypted)
        inner, key = self._decrypt(encrypted)
        return Opened(parse_xml(inner.encode("utf-8", "surrogatepass")), key)

    def open_echo(self, echo: str, signed: Signed) -> str:
        """The text that the URL check wants back; of an encrypted one what is inside.

        Raises:
            Refused: ``forged`` or ``undecipherable``.
        """
        if signed.msg_signature is None or not self._keys:
            return echo
        check_body(signed, echo)
        return self._decrypt(echo)[0]

    def seal(self, xml: str, key: str | None, token: str) -> str:
        """A reply as its request came: plain, or encrypted with the key that opened it and signed with the token that signed it."""
        if key is None:
            return xml
        crypto = WeChatCrypto(token, key, self._appid)
        sealed: str = crypto.encrypt_message(xml, secrets.token_hex(8), str(int(time.time())))
        return sealed

    def _decrypt(self, encrypted: str) -> tuple[str, str]:
        for key, secret in self._keys.items():
            try:
                return _Cipher(secret).decrypt(encrypted, self._appid), key
            except (
                InvalidAppIdException,
                binascii.Error,
                struct.error,
                ValueError,
                IndexError,
                TypeError,
                AttributeError,
            ):
                continue
        raise Refused("undecipherable")


class _Cipher(BasePrpCrypto):  # type: ignore[misc]  # wechatpy has no types
    def decrypt(self, text: str, appid: str) -> str:
        opened: str = self._decrypt(text, appid, InvalidAppIdException)
        return opened


def parse_xml(body: bytes) -> dict[str, Any]:
    """The elements of a body's ``<xml>``.

    No document type is read, so that there are no entities to grow; elements are counted before they are read.

    Raises:
        Refused: ``not_xml``.
    """
    if b"<!DOCTYPE" in body or b"<!ENTITY" in body or body.count(b"<") > ELEMENTS:
        raise Refused("not_xml")
    try:
        text = body.decode("utf-8")
        message = xmltodict.parse(text, force_cdata=False)["xml"]
    except (ExpatError, UnicodeError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise Refused("not_xml") from error
    if not isinstance(message, dict):
        raise Refused("not_xml")
    return message

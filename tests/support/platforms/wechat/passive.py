"""An account's answer to its webhook, read as strictly as the documentation allows (被动回复用户消息)."""

from __future__ import annotations

from dataclasses import dataclass
from xml.etree import ElementTree

from tests.support.platforms.wechat.account import Account
from tests.support.platforms.wechat.crypto import Cipher, WrongCipherError, sign

TEXT_LIMIT = 2048
"""Bytes of a text."""
_OTHERS = {"voice": "[语音]", "video": "[视频]", "music": "[音乐]"}


class WrongAnswerError(ValueError):
    """The answer is none: the citizen is told that the service is out of order. The message says why."""


@dataclass(frozen=True, slots=True)
class Passive:
    """A passive reply.

    Attributes:
        text: What is shown.
        media_id: Of a picture.
        sealed: Whether it came encrypted.
    """

    text: str
    media_id: str | None = None
    sealed: bool = False


def read_answer(body: bytes, account: Account, cipher: Cipher, openid: str) -> Passive | None:
    """The reply in an answer; None when the account only accepted.

    Raises:
        WrongAnswerError: Neither ``success``, nothing, nor a valid reply to this citizen.
    """
    if body in (b"", b"success"):
        return None
    fields = _fields(body)
    sealed = "Encrypt" in fields
    if sealed:
        if account.mode == "plain":
            raise WrongAnswerError("encrypted although the account is in plain mode")
        fields = _fields(_open(fields, account, cipher).encode())
    elif account.mode == "safe":
        raise WrongAnswerError("plain although the account is in safe mode")
    _check_envelope(fields, account, openid)
    return _read(fields, sealed)


def _fields(body: bytes) -> dict[str, ElementTree.Element]:
    try:
        root = ElementTree.fromstring(body)  # noqa: S314 - of our own program
    except ElementTree.ParseError as error:
        raise WrongAnswerError(f"neither success, empty nor XML: {body[:60]!r}") from error
    if root.tag != "xml":
        raise WrongAnswerError(f"the root is <{root.tag}>, not <xml>")
    return {child.tag: child for child in root}


def _text(fields: dict[str, ElementTree.Element], name: str) -> str:
    element = fields.get(name)
    if element is None:
        raise WrongAnswerError(f"<{name}> is missing")
    return element.text or ""


def _open(fields: dict[str, ElementTree.Element], account: Account, cipher: Cipher) -> str:
    encrypted, signature, stamp, nonce = (
        _text(fields, name) for name in ("Encrypt", "MsgSignature", "TimeStamp", "Nonce")
    )
    if not stamp.isdecimal():
        raise WrongAnswerError("<TimeStamp> is not a number")
    if signature != sign(account.token, stamp, nonce, encrypted):
        raise WrongAnswerError("<MsgSignature> is wrong")
    try:
        return cipher.open(encrypted)
    except WrongCipherError as error:
        raise WrongAnswerError(str(error)) from error


def _check_envelope(fields: dict[str, ElementTree.Element], account: Account, openid: str) -> None:
    if _text(fields, "ToUserName") != openid:
        raise WrongAnswerError("<ToUserName> is not the citizen who wrote")
    if _text(fields, "FromUserName") != account.original_id:
        raise WrongAnswerError("<FromUserName> is not this account")
    if not _text(fields, "CreateTime").isdecimal():
        raise WrongAnswerError("<CreateTime> is not a number")


def _read(fields: dict[str, ElementTree.Element], sealed: bool) -> Passive | None:
    kind = _text(fields, "MsgType")
    if kind == "transfer_customer_service":
        return None
    if kind == "text":
        text = _text(fields, "Content")
        size = len(text.encode())
        if not text.strip():
            raise WrongAnswerError("<Content> is empty")
        if size > TEXT_LIMIT:
            raise WrongAnswerError(f"<Content> has {size} bytes, more than {TEXT_LIMIT}")
        return Passive(text, sealed=sealed)
    if kind == "image":
        media = fields.get("Image")
        media_id = media.findtext("MediaId") if media is not None else None
        if not media_id:
            raise WrongAnswerError("<Image><MediaId> is missing")
        return Passive("[图片]", media_id, sealed)
    if kind == "news":
        titles = (
            [title.text or "" for title in fields["Articles"].iter("Title")] if "Articles" in fields else []
        )
        if not titles:
            raise WrongAnswerError("<Articles> has no title")
        return Passive("\n".join(f"[图文] {title}" for title in titles), sealed=sealed)
    if kind in _OTHERS:
        return Passive(_OTHERS[kind], sealed=sealed)
    raise WrongAnswerError(f"<MsgType> {kind} cannot be shown")

"""What a WeChat message or event means to us: pure, from its elements to an incoming message."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from wechatpy.messages import MESSAGE_TYPES, UnknownMessage

from bot.messages import Incoming
from channels.wechat.refusal import Refused

CHANNEL = "wechat"
SAY = "say:"
"""How the key of a menu entry of ours begins; the rest is what pressing it says."""
GREETING = "你好"
LONGEST_ID = 128
"""Characters of an openid, an id or a key."""

Ignored = Literal["ignored", "left", "not_readable"]


@dataclass(frozen=True, slots=True)
class Parsed:
    """A message, and how to answer it.

    Attributes:
        openid: Who sent it. Personal data.
        account: The account's own id, which a reply comes from.
        incoming: What to hand in, or why there is nothing: ``ignored``: nobody waits for an answer; ``left``: the citizen
            does not follow the account any more; ``not_readable``: of a kind that says nothing to us.
    """

    openid: str
    account: str
    incoming: Incoming | Ignored


def parse(elements: dict[str, Any]) -> Parsed:
    """Read the elements of a message.

    Raises:
        Refused: ``no_message``: it has not what every message has.
    """
    flat = {name: value for name, value in elements.items() if isinstance(value, str)}
    openid, account, kind = (flat.get(name, "") for name in ("FromUserName", "ToUserName", "MsgType"))
    created = flat.get("CreateTime", "")
    if not (
        0 < len(openid) <= LONGEST_ID and 0 < len(account) <= LONGEST_ID and kind and _is_number(created)
    ):
        raise Refused("no_message")
    sent_at = datetime.fromtimestamp(int(created), UTC)
    if kind.lower() == "event":
        return Parsed(openid, account, _event(flat, openid, created, sent_at))
    number = flat.get("MsgId", "")
    if not _is_number(number, 20):
        raise Refused("no_message")
    said = MESSAGE_TYPES.get(kind.lower(), UnknownMessage)(flat)
    words, payload = _message(said)
    if words is None:
        return Parsed(openid, account, "not_readable")
    external_id = f"{_space(openid)}:{number}"
    return Parsed(
        openid,
        account,
        Incoming(CHANNEL, openid, external_id, words, sent_at, payload, held=True, opens="message"),
    )


def _message(said: Any) -> tuple[str | None, dict[str, Any]]:
    """The words of a message, and what it carries besides; None for a kind that says nothing to us."""
    match said.type:
        case "text":
            menu = said._data.get("bizmsgmenuid")
            return said.content or "", {"menu": menu[:LONGEST_ID]} if menu else {}
        case "image":
            return "", _media("photo", said.media_id)
        case "voice":
            medium = _media("voice", said.media_id, format=(said.format or "amr")[:16])
            return said.recognition or "", medium
        case "video" | "shortvideo":
            return "", _media("video", said.media_id)
        case "location":
            place = _place(said.location_x, said.location_y, said.label)
            return "", {"location": place} if place is not None else {}
        case "link":
            parts = (said.title, said.description, said.url)
            return "\n".join(part for part in parts if part), {"link": (said.url or "")[:1024]}
        case _:
            return None, {}


def _media(kind: str, media_id: str | None, **others: str) -> dict[str, Any]:
    return {"media": [{"kind": kind, "media_id": (media_id or "")[:LONGEST_ID], **others}]}


def _place(latitude: str | None, longitude: str | None, label: str | None) -> dict[str, Any] | None:
    """A place as WeChat shares it: GCJ-02 degrees, and an address in words."""
    try:
        place = {"latitude": float(latitude or ""), "longitude": float(longitude or "")}
    except ValueError:
        return None
    if not (-90 <= place["latitude"] <= 90 and -180 <= place["longitude"] <= 180):
        return None
    return {**place, "system": "gcj02", "label": (label or "")[:200]}


def _event(flat: dict[str, str], openid: str, created: str, sent_at: datetime) -> Incoming | Ignored:
    """An event as the words it stands for; it opens the short window."""
    event = flat.get("Event", "").lower()
    key = flat.get("EventKey", "")[:LONGEST_ID]
    match event:
        case "unsubscribe":
            return "left"
        case "subscribe" | "scan":
            words, payload = _scanned(key.removeprefix("qrscene_"))
        case "click":
            words, payload = key.removeprefix(SAY) if key.startswith(SAY) else GREETING, {"key": key}
        case _:
            return "ignored"
    return Incoming(
        CHANNEL,
        openid,
        f"{_space(openid)}:{created}:{event}",
        words,
        sent_at,
        {"event": event, **payload},
        held=True,
        opens="event",
    )


def _scanned(scene: str) -> tuple[str, dict[str, str]]:
    """The words of a code that was scanned: one of ours goes on with a conversation of elsewhere."""
    if scene.startswith("link_"):
        return f"接续码 {scene.removeprefix('link_')}", {}
    return GREETING, {"scene": scene} if scene else {}


def _space(openid: str) -> str:
    """A space of ids that only this sender has: one sender's ids can neither hit nor read another's messages."""
    return hashlib.blake2b(
        openid.encode("utf-8", "surrogatepass"), digest_size=12, person=b"suda.wechat"
    ).hexdigest()


def _is_number(text: str, longest: int = 10) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= longest

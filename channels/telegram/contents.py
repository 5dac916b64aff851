"""What a message carries: its words, and what cannot become words (pure).

A message that cannot become words is an empty text with what it carries in the payload: ``location``
(``{"latitude", "longitude", "system": "wgs84", "label"}``), ``media`` (``[{"kind", "file_id", "size", "mime"?, "name"?,
"seconds"?}]``, see :class:`bot.connector.Fetcher`), ``edited``, ``album`` (photos sent together share it), ``start`` (what
a deep link brought).
"""

from __future__ import annotations

from typing import Any

from telegram import Message

from channels.telegram.words import command_words, phone_words

_SERVICE = (
    "pinned_message", "message_auto_delete_timer_changed", "users_shared", "chat_shared", "write_access_allowed",
    "connected_website", "passport_data", "proximity_alert_triggered", "new_chat_members", "left_chat_member",
    "successful_payment", "refunded_payment", "chat_background_set",
)  # fmt: skip
"""What a chat notes by itself; nobody said it."""


def is_service(message: Message) -> bool:
    """Whether a message is such a note."""
    return any(getattr(message, name, None) for name in _SERVICE)


def contents(message: Message) -> tuple[str, dict[str, Any]]:
    """Text and payload of a message, see above."""
    payload: dict[str, Any] = {}
    if message.text is not None:
        text, start = command_words(message.text)
        return text, {"start": start} if start else {}
    text = message.caption or ""
    place = _place(message)
    if place is not None:
        payload["location"] = place
    media = _media(message)
    if media:
        payload["media"] = media
    if message.media_group_id:
        payload["album"] = message.media_group_id
    if message.contact is not None and message.from_user is not None:
        # Whoever else's number it is has not asked to be called.
        own = message.contact.user_id == message.from_user.id
        text = phone_words(message.contact.phone_number) if own else ""
    elif message.sticker is not None:
        text = message.sticker.emoji or ""
    return text, payload


def _place(message: Message) -> dict[str, Any] | None:
    venue, location = message.venue, message.location
    label = "，".join(part for part in (venue.title, venue.address) if part) if venue is not None else ""
    if venue is not None:
        location = venue.location
    if location is None:
        return None
    return {
        "latitude": float(location.latitude),
        "longitude": float(location.longitude),
        "system": "wgs84",
        "label": label,
    }


def _media(message: Message) -> list[dict[str, Any]]:
    if message.photo:
        return [_medium("photo", max(message.photo, key=lambda size: size.width * size.height), "image/jpeg")]
    if message.voice is not None:
        return [_medium("voice", message.voice, "audio/ogg")]
    if message.audio is not None:
        return [_medium("voice", message.audio)]
    for video in (message.video, message.animation, message.video_note):
        if video is not None:
            return [_medium("video", video, "video/mp4")]
    if message.document is not None:
        return [_medium("file", message.document)]
    return []


def _medium(kind: str, found: Any, mime: str = "") -> dict[str, Any]:
    medium: dict[str, Any] = {"kind": kind, "file_id": str(found.file_id), "size": int(found.file_size or 0)}
    mime = getattr(found, "mime_type", None) or mime
    if mime:
        medium["mime"] = str(mime)
    name = getattr(found, "file_name", None)
    if name:
        medium["name"] = str(name)
    seconds = found.to_dict().get("duration")  # the attribute warns that it will be another type one day
    if isinstance(seconds, int | float):
        medium["seconds"] = float(seconds)
    return medium

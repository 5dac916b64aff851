"""Pictures are written anew: without place, camera, time and comments, the right way up, no larger than a screen can use."""

from __future__ import annotations

import io
import math
from dataclasses import dataclass
from typing import Any

from PIL import Image

from bot.errors import MediaRefused

MOST_PIXELS = 52_000_000
"""Width times height from which a picture is refused unread: a few kilobytes can unpack to gigabytes. What a phone's
50-megapixel camera takes is just below it."""
LONGEST = 4096
"""Pixels of the longer side that are kept."""
THUMBNAIL = 320
QUALITY = 90
_FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
_GPS, _ORIENTATION = 0x8825, 0x0112
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""EXIF's orientation -> what puts the picture upright."""
# MPO: what phones write that keep two pictures in one JPEG; Pillow finds it out by itself.
_WRITES = {"JPEG": "JPEG", "MPO": "JPEG", "PNG": "PNG", "WEBP": "WEBP", "GIF": "PNG"}


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as it is kept.

    Attributes:
        content: Its bytes, with nothing in them but the picture.
        media_type: What they are now: of a GIF the first picture is kept, as PNG.
        thumbnail: A JPEG of at most 320 pixels a side.
        place: Where it says it was taken, ``{"latitude", "longitude", "system": "wgs84"}``, or None. A hint: phones may be wrong, and a picture may
            be of another day. No longer in ``content``.
    """

    content: bytes
    media_type: str
    thumbnail: bytes
    place: dict[str, Any] | None


def prepare(content: bytes) -> Picture:
    """Take a picture apart and write it anew; takes up to a second of CPU, so call it in a thread.

    Raises:
        MediaRefused: ``too_large`` (in pixels) or ``broken``.
    """
    try:
        with Image.open(io.BytesIO(content), formats=_FORMATS) as opened:
            _check_size(opened)
            kind = _WRITES[opened.format or ""]
            place = place_of(opened)
            # The decoder leaves out every second pixel where more than enough would be left: half the time, a quarter of the memory.
            opened.draft("RGB", (LONGEST // 2, LONGEST // 2))
            opened.seek(0)
            picture = _plain(_upright(opened), kind)
            picture.thumbnail((LONGEST, LONGEST))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise MediaRefused("too_large") from error
    except MediaRefused:
        raise
    except Exception as error:  # a broken file makes Pillow raise nearly anything
        raise MediaRefused("broken") from error
    small = picture.convert("RGB")
    small.thumbnail((THUMBNAIL, THUMBNAIL))
    return Picture(_written(picture, kind), Image.MIME[kind], _written(small, "JPEG"), place)


def _check_size(image: Image.Image) -> None:
    if image.width * image.height > MOST_PIXELS:
        raise MediaRefused("too_large")


def place_of(image: Image.Image) -> dict[str, Any] | None:
    """The place in a picture's EXIF; None when it has none that makes sense."""
    try:
        gps = image.getexif().get_ifd(_GPS)
        latitude = _degrees(gps[2]) * (-1 if str(gps.get(1, "N")).upper().startswith("S") else 1)
        longitude = _degrees(gps[4]) * (-1 if str(gps.get(3, "E")).upper().startswith("W") else 1)
    except Exception:  # EXIF is the sender's and may hold anything at all; a hint is not worth an error
        return None
    usable = abs(latitude) <= 90 and abs(longitude) <= 180 and (latitude, longitude) != (0, 0)
    return {"latitude": latitude, "longitude": longitude, "system": "wgs84"} if usable else None


def _upright(image: Image.Image) -> Image.Image:
    """The picture as it was seen; a phone only notes how it was held."""
    try:
        turn = _TURNS.get(image.getexif().get(_ORIENTATION, 1))
    except Exception:  # see place_of
        return image
    return image if turn is None else image.transpose(turn)


def _degrees(parts: Any) -> float:
    degrees, minutes, seconds = (float(part) for part in parts)
    value = degrees + minutes / 60 + seconds / 3600
    if not math.isfinite(value):
        raise ValueError("no number")
    return round(value, 6)


def _plain(image: Image.Image, kind: str) -> Image.Image:
    """The picture alone: no profile, text, comment or transparency table goes with it."""
    see_through = kind != "JPEG" and (image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info)
    plain = image.convert("RGBA" if see_through else "L" if image.mode in {"1", "L"} else "RGB")
    plain.info.clear()
    return plain


def _written(image: Image.Image, kind: str) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **({"optimize": True} if kind == "PNG" else {"quality": QUALITY}))
    return out.getvalue()

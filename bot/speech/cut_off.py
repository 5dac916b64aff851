"""Whether MP3 and WebM end before their end, as far as they tell: only what is certainly cut off is.

MP3 tells by its first frame, where the encoder wrote how long it is (Xing, Info, VBRI), and by a last frame that is not all there. One without
such a first frame that was cut between two frames, one chance in hundreds, tells nothing. WebM tells by the length of its segment; where that
was not known when it was written, as in browsers, by a last element that is not all there.
"""

from __future__ import annotations

import struct

from bot.speech.container import after_id3

_KBITS = {
    (True, 2): (0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384),
    (True, 1): (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    (False, 2): (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
    (False, 1): (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
"""By whether it is MPEG-1, and the bits of the layer (2: II, 1: III); ISO/IEC 11172-3 and 13818-3."""
_RATES = {3: (44_100, 48_000, 32_000), 2: (22_050, 24_000, 16_000), 0: (11_025, 12_000, 8_000)}
"""By the bits of the version: MPEG-1, 2, 2.5."""
_MISCOUNTED = 64
"""Bytes that a length may be too large by."""
_SEGMENT, _CLUSTER = 0x18538067, 0x1F43B675
_OTHERS = frozenset(
    {0x1A45DFA3, 0x114D9B74, 0x1549A966, 0x1654AE6B, 0x1C53BB6B, 0x1254C367, 0x1043A770, 0x1941A469}
    | {0xEC, 0xBF, 0xE7, 0xA3, 0xA0, 0xA7, 0xAB}
)
"""The elements that stand side by side with clusters and in them (RFC 9559, 5.1)."""
_UNKNOWN = -1


def mp3_is_cut_off(content: bytes) -> bool:
    """Whether the end is missing from an MP3."""
    at = after_id3(content) if content[:3] == b"ID3" else 0
    length = _frame(content, at)
    if length is None:
        return False
    told = _told(content[at : at + 256])
    if told and at + told - len(content) > _MISCOUNTED:
        return True
    while length is not None:
        at += length
        if at > len(content):
            return True
        length = _frame(content, at)
    return False


def _frame(content: bytes, at: int) -> int | None:
    """Length of the frame there, None where there is none."""
    if len(content) < at + 4 or content[at] != 0xFF or content[at + 1] & 0xE0 != 0xE0:
        return None
    version, layer = content[at + 1] >> 3 & 3, content[at + 1] >> 1 & 3
    bitrate, rate, padded = content[at + 2] >> 4, content[at + 2] >> 2 & 3, content[at + 2] >> 1 & 1
    if version == 1 or layer not in (1, 2) or bitrate in (0, 15) or rate == 3:
        return None
    slots = 72_000 if layer == 1 and version != 3 else 144_000
    return slots * _KBITS[version == 3, layer][bitrate] // _RATES[version][rate] + padded


def _told(frame: bytes) -> int:
    """Bytes from the first frame to the end, as the encoder wrote them; 0 where it did not."""
    at = max(frame.find(b"Xing"), frame.find(b"Info"))
    if at > 0 and len(frame) >= at + 16:
        flags, first, second = struct.unpack_from(">3I", frame, at + 4)
        if flags & 2:
            return int(second if flags & 1 else first)
    at = frame.find(b"VBRI")
    if at > 0 and len(frame) >= at + 14:
        return int(struct.unpack_from(">I", frame, at + 10)[0])
    return 0


def webm_is_cut_off(content: bytes) -> bool:
    """Whether the end is missing from a WebM or Matroska file."""
    at = 0
    while at < len(content):
        kind = _number(content, at, keep_mark=True)
        size = _number(content, at + kind[1], keep_mark=False) if kind is not None else None
        if kind is None or size is None:
            return (
                bool(content[at]) and len(content) - at < 12
            )  # half an element's head; else no element, and the decoder is the judge
        start, entered = at + kind[1] + size[1], kind[0] in (_SEGMENT, _CLUSTER)
        if not entered and (kind[0] not in _OTHERS or size[0] == _UNKNOWN):
            return False
        if size[0] != _UNKNOWN and start + size[0] > len(content):
            return True
        at = start if entered else start + size[0]
    return False


def _number(content: bytes, at: int, *, keep_mark: bool) -> tuple[int, int] | None:
    """A number of EBML and its bytes (RFC 8794, 4 and 5), `_UNKNOWN` for a size of ones only; None where there is none."""
    if at >= len(content) or not content[at]:
        return None
    length = 9 - content[at].bit_length()
    if at + length > len(content):
        return None
    value = int.from_bytes(content[at : at + length], "big")
    if keep_mark:
        return value, length
    value &= (1 << 7 * length) - 1
    return (_UNKNOWN if value == (1 << 7 * length) - 1 else value), length

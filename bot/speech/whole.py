"""Whether a recording is all there: a download that broke off must not become half a complaint.

Only what is certainly cut off counts as not whole. Where the structure stops making sense, the decoder is the judge.
"""

from __future__ import annotations

import struct

from bot.speech.cut_off import mp3_is_cut_off, webm_is_cut_off
from bot.speech.ogg import ogg_is_intact, ogg_is_whole
from bot.speech.speex import blocks_are_whole

_STREAMED = 0x7FFF_0000
"""Lengths from here on are what programs write that do not know it yet: sox 0x7ffff000, ffmpeg 0xffffffff."""
_MISCOUNTED = 64
"""Bytes that a length may be too large by: some recorders count the header too. Four milliseconds of telephone speech."""
_AMR = (13, 14, 16, 18, 20, 21, 27, 32, 6, 1, 1, 1, 1, 1, 1, 1)
_AMR_WB = (18, 24, 33, 37, 41, 47, 51, 59, 61, 6, 1, 1, 1, 1, 1, 1)
"""Bytes of a frame with its first one, by the type in that (RFC 4867, 5.3; 3GPP TS 26.101 and 26.201)."""
_NEEDED = frozenset({b"moov", b"mdat"})
"""The boxes of an MP4 without which nothing can be heard: the index and the sound (ISO/IEC 14496-12)."""
_FRAME_PADDING = 0x83
"""Bits of a frame's first byte that are always zero."""


def is_whole(container: str, content: bytes) -> bool:
    """Whether nothing is missing from the end, as far as the container tells.

    Args:
        container: What `container_of` found.
        content: The whole file.

    Returns:
        False for a file that is certainly cut off. FLAC tells how long it should be, see `seconds_told`.
    """
    if container == "wav":
        return _wav(content)
    if container in ("amr", "amr-wb"):
        return _amr(content, container)
    if container == "mp3":
        return not mp3_is_cut_off(content)
    if container == "webm":
        return not webm_is_cut_off(content)
    if container == "speex" and not content.startswith(b"OggS"):
        return blocks_are_whole(content)
    if container in ("ogg", "speex"):
        return ogg_is_whole(content)
    if container == "silk":
        return _silk(content)
    if container == "m4a":
        return _m4a(content)
    return True


def is_intact(container: str, content: bytes) -> bool:
    """Whether no part in the middle is damaged so that its decoder would leave it out without a word.

    Args:
        container: What `container_of` found.
        content: The whole file.

    Returns:
        False for Ogg with a page whose checksum is wrong: a page is a second of speech, and the second may hold a "not". True for all others.
    """
    if container not in ("ogg", "speex") or not content.startswith(b"OggS"):
        return True
    return ogg_is_intact(content)


def seconds_told(container: str, content: bytes) -> float | None:
    """How long a FLAC says that it is (RFC 9639, 8.2): it plays up to a cut, and only what was played tells. None for all others and where it does not say."""
    if container != "flac":
        return None
    at = content.find(b"fLaC") + 8
    packed = int.from_bytes(content[at + 10 : at + 18], "big")
    rate, samples = packed >> 44, packed & (1 << 36) - 1
    return samples / rate if rate and samples else None


def _wav(content: bytes) -> bool:
    at = 12
    while at + 8 <= len(content):
        name, length = struct.unpack_from("<4sI", content, at)
        at += 8
        if name == b"data":
            missing = int(at + length - len(content))
            return missing <= _MISCOUNTED or bool(length >= _STREAMED)
        at += length + length % 2
    return False


def _amr(content: bytes, container: str) -> bool:
    sizes, at = (_AMR, 6) if container == "amr" else (_AMR_WB, 9)
    while at < len(content):
        if content[at] & _FRAME_PADDING:
            return True
        at += sizes[content[at] >> 3 & 15]
    return at == len(content)


def _silk(content: bytes) -> bool:
    at = content.index(b"#!SILK_V3") + 9
    while at + 2 <= len(content):
        length = int.from_bytes(content[at : at + 2], "little")
        if length == 0xFFFF:
            return True
        at += 2 + length
    return at == len(content)


def _m4a(content: bytes) -> bool:
    at, seen = 0, set[bytes]()
    while at + 8 <= len(content):
        length, name = struct.unpack_from(">I4s", content, at)
        if length == 1 and at + 16 <= len(content):
            length = int.from_bytes(content[at + 8 : at + 16], "big")
        if not name.isalnum() and seen >= _NEEDED:
            return True  # something else stands behind the recording
        seen.add(name)
        if length == 0:  # it reaches to the end
            break
        if length < 8:
            return True
        at += length
    return at <= len(content) and seen >= _NEEDED

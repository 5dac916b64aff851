"""Whether a recording is all there: a download that broke off must not become half a complaint.

Only what is certainly cut off counts as not whole. Where the structure stops making sense, the decoder is the judge.
"""

from __future__ import annotations

import struct
import zlib

_STREAMED = 0x7FFF_0000
"""Lengths from here on are what programs write that do not know it yet: sox 0x7ffff000, ffmpeg 0xffffffff."""
_MISCOUNTED = 64
"""Bytes that a length may be too large by: some recorders count the header too. Four milliseconds of telephone speech."""
_AMR = (13, 14, 16, 18, 20, 21, 27, 32, 6, 1, 1, 1, 1, 1, 1, 1)
_AMR_WB = (18, 24, 33, 37, 41, 47, 51, 59, 61, 6, 1, 1, 1, 1, 1, 1)
"""Bytes of a frame with its first one, by the type in that (RFC 4867, 5.3; 3GPP TS 26.101 and 26.201)."""
_TURNED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))
"""Each byte with its bits in the other order."""
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
        False for a file that is certainly cut off. True for MP3, FLAC and WebM always: they do not tell, and play up to the cut.
    """
    if container == "wav":
        return _wav(content)
    if container in ("amr", "amr-wb"):
        return _amr(content, container)
    if container in ("ogg", "speex"):
        return _ogg(content)
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
    if container not in ("ogg", "speex"):
        return True
    at = 0
    while content.startswith(b"OggS", at) and at + 27 <= len(content):
        table = at + 27 + content[at + 26]
        end = table + sum(content[at + 27 : table])
        if ogg_checksum(content[at:end]) != int.from_bytes(content[at + 22 : at + 26], "little"):
            return False
        at = end
    return content.find(b"OggS", at) < 0


def ogg_checksum(page: bytes) -> int:
    """The checksum of a page (RFC 3533, section 6): CRC-32 as in zlib, but most significant bit first, from 0 and not inverted."""
    turned = (page[:22] + bytes(4) + page[26:]).translate(_TURNED)
    sum_ = zlib.crc32(turned, 0xFFFF_FFFF) ^ 0xFFFF_FFFF
    return int.from_bytes(sum_.to_bytes(4, "little").translate(_TURNED), "big")


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


def _ogg(content: bytes) -> bool:
    at = 0
    while at < len(content):
        if content[at : at + 4] != b"OggS"[: len(content) - at]:
            return True
        if at + 27 > len(content):
            return False
        table = at + 27 + content[at + 26]
        if table > len(content):
            return False
        at = table + sum(content[at + 27 : table])
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

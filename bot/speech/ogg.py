"""Pages of Ogg (RFC 3533)."""

from __future__ import annotations

import zlib

_HEAD = 27
_LAST = 4
"""Mark of a stream's last page."""
_TURNED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))
"""Each byte with its bits in the other order."""


def ogg_checksum(page: bytes) -> int:
    """The checksum of a page (RFC 3533, section 6): CRC-32 as in zlib, but most significant bit first, from 0 and not inverted."""
    turned = (page[:22] + bytes(4) + page[26:]).translate(_TURNED)
    sum_ = zlib.crc32(turned, 0xFFFF_FFFF) ^ 0xFFFF_FFFF
    return int.from_bytes(sum_.to_bytes(4, "little").translate(_TURNED), "big")


def ogg_is_whole(content: bytes) -> bool:
    """Whether the last page is there, all of it, and says that it is the last."""
    at = mark = 0
    while at < len(content):
        if content[at : at + 4] != b"OggS"[: len(content) - at]:
            return True
        if at + _HEAD > len(content):
            return False
        mark = content[at + 5]
        table = at + _HEAD + content[at + 26]
        if table > len(content):
            return False
        at = table + sum(content[at + _HEAD : table])
    return at == len(content) and bool(mark & _LAST)


def ogg_is_intact(content: bytes) -> bool:
    """Whether all pages have the checksum that they say."""
    at = 0
    while content.startswith(b"OggS", at) and at + _HEAD <= len(content):
        table = at + _HEAD + content[at + 26]
        end = table + sum(content[at + _HEAD : table])
        if ogg_checksum(content[at:end]) != int.from_bytes(content[at + 22 : at + 26], "little"):
            return False
        at = end
    return content.find(b"OggS", at) < 0

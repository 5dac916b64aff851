"""Speex as WeChat gives it for higher quality (``media/get/jssdk``): blocks one after the other, in no container, so they are put into one.

Its media type is ``audio/x-speex-with-header-byte; rate=16000``: a byte with the length of a block, then the block, which is one packet of
RFC 5574. There are no first bytes to know it by; that the lengths lead from block to
block, and that each holds the frames that its bits announce and nothing more, is as sure.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from itertools import islice

from bot.speech.ogg import ogg_checksum

_NARROW = {0: 5, 1: 43, 2: 119, 3: 160, 4: 220, 5: 300, 6: 364, 7: 492, 8: 79}
"""Bits of a frame's narrow band by its mode, the four bits after its first; 0 is silence."""
_HIGH = {0: 4, 1: 36, 2: 112, 3: 192, 4: 352}
"""Bits of its high band by the three bits after its first, which is 1 where the narrow band's is 0 (the Speex manual, tables 9.1 and 10.1)."""
_LEFT = 8
"""Bits at a block's end that may be no frame: a terminator, and what fills the last byte."""
_ENOUGH = 16
"""Blocks that leave no doubt; a shorter file must end with one."""
_RATE, _SAMPLES = 16_000, 320
_PACKETS = 50
"""In a page: a second."""
_FIRST, _LAST = 2, 4
"""Marks of a stream's first and last page (RFC 3533)."""


def is_speex_blocks(head: bytes) -> bool:
    """Whether a file that begins so is such blocks.

    Args:
        head: Its first bytes, a few thousand or all of them.
    """
    at = count = 0
    while at < len(head) and count < _ENOUGH:
        end = at + 1 + head[at]
        if end > len(head) or not _frames(head[at + 1 : end]):
            return False
        at = end
        count += 1
    return count == _ENOUGH or (count > 2 and at == len(head))


def blocks_are_whole(content: bytes) -> bool:
    """Whether the last block is all there."""
    at = 0
    while at < len(content):
        at += 1 + content[at]
    return at == len(content)


def in_ogg(content: bytes, seconds: float) -> bytes:
    """The blocks as a file that decoders of Speex read.

    Args:
        content: The file as it came.
        seconds: How much of it is wanted at most.
    """
    frames = max(1, _frames(next(_blocks(content))))
    packets = list(islice(_blocks(content), int(seconds * _RATE / _SAMPLES / frames) + 1))
    pages = [_page(0, 0, [_header(frames)], _FIRST), _page(1, 0, [struct.pack("<II", 0, 0)], 0)]
    for start in range(0, len(packets), _PACKETS):
        some = packets[start : start + _PACKETS]
        done = start + len(some)
        mark = _LAST if done == len(packets) else 0
        pages.append(_page(len(pages), done * frames * _SAMPLES, some, mark))
    return b"".join(pages)


def _frames(block: bytes) -> int:
    """How many frames a block holds; 0 where it is none."""
    bits, at, count = f"{int.from_bytes(block, 'big'):0{8 * len(block)}b}", 0, 0
    while len(bits) - at > _LEFT:
        narrow = _NARROW.get(int(bits[at + 1 : at + 5], 2)) if bits[at] == "0" else None
        if narrow is None:
            return 0
        at += narrow
        if bits[at : at + 1] == "1":
            high = _HIGH.get(int(bits[at + 1 : at + 4].ljust(3, "1"), 2))
            if high is None:
                return 0
            at += high
        count += 1
    return count if at <= len(bits) else 0


def _blocks(content: bytes) -> Iterator[bytes]:
    at = 0
    while at < len(content):
        length = content[at]
        yield content[at + 1 : at + 1 + length]
        at += 1 + length


def _header(frames: int) -> bytes:
    """One channel, wideband (the Speex manual, 8.1)."""
    name, version = b"Speex   ".ljust(8), b"1.2".ljust(20, b"\0")
    return name + version + struct.pack("<13i", 1, 80, _RATE, 1, 4, 1, -1, _SAMPLES, 0, frames, 0, 0, 0)


def _page(number: int, position: int, packets: list[bytes], mark: int) -> bytes:
    head = struct.pack("<4sBBqIII", b"OggS", 0, mark, position, 1, number, 0)
    page = head + bytes([len(packets), *map(len, packets)]) + b"".join(packets)
    return page[:22] + ogg_checksum(page).to_bytes(4, "little") + page[26:]

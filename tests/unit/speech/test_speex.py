"""Speex as WeChat gives it: blocks with their length before each."""

from __future__ import annotations

import random

import pytest

from bot.speech.container import container_of
from bot.speech.ogg import ogg_is_intact, ogg_is_whole
from bot.speech.speex import blocks_are_whole, in_ogg, is_speex_blocks

NARROW = {1: 43, 3: 160, 5: 300, 8: 79}
HIGH = {0: 4, 1: 36, 3: 192}


def block(narrow: int, high: int, frames: int = 1) -> bytes:
    """A block whose bits are of any sound: all but the modes is left zero."""
    bits = ""
    for _ in range(frames):
        bits += f"0{narrow:04b}".ljust(NARROW[narrow], "0") + f"1{high:03b}".ljust(HIGH[high], "0")
    bits += "01111"[: -len(bits) % 8]
    packed = int(bits, 2).to_bytes(len(bits) // 8, "big")
    return bytes([len(packed)]) + packed


SPEECH = block(5, 3)
VARIED = block(5, 3) + block(3, 1) + block(1, 0) + block(8, 1)


@pytest.mark.parametrize("content", [SPEECH * 60, SPEECH * 3, VARIED * 20, block(3, 1, 2) * 30])
def test_blocks_are_known_by_what_is_in_them(content: bytes) -> None:
    assert container_of(content[:4096]) == "speex"
    assert blocks_are_whole(content)
    assert not blocks_are_whole(content[:-1])


@pytest.mark.parametrize(
    "content",
    [
        SPEECH * 2,
        SPEECH * 10 + b"\x3e\x28",
        b"1,2,3\n" * 700,
        b"0123456789" * 400,
        bytes(range(256)) * 16,
        bytes(4000),
        "我要投诉".encode() * 300,
        (b"\x3d" + SPEECH[1:]) * 60,
    ],
)
def test_what_is_not_such_blocks(content: bytes) -> None:
    assert not is_speex_blocks(content[:4096])


def test_no_chance_makes_them() -> None:
    chance = random.Random(20260101)  # noqa: S311 - the same each time
    assert not any(is_speex_blocks(chance.randbytes(400)) for _ in range(5000))


def test_they_become_a_whole_file_with_a_length() -> None:
    content = in_ogg(SPEECH * 120, 60)
    assert container_of(content) == "speex"
    assert ogg_is_whole(content)
    assert ogg_is_intact(content)
    assert length(content) == 120 * 320
    assert length(in_ogg(block(3, 1, 2) * 50, 60)) == 100 * 320


def test_no_more_than_is_wanted_is_taken() -> None:
    content = in_ogg(SPEECH * 1000, 2.0)
    assert ogg_is_whole(content)
    assert length(content) == 101 * 320


def length(content: bytes) -> int:
    """Samples that the last page says there are."""
    return int.from_bytes(content[content.rindex(b"OggS") + 6 :][:8], "little")

"""Whether MP3 and WebM end before their end."""

from __future__ import annotations

import struct

import pytest

from bot.speech.cut_off import mp3_is_cut_off, webm_is_cut_off

FRAME = b"\xff\xf3\x48\xc4" + bytes(140)  # MPEG-2, layer III, 32 kbit/s at 16 kHz: 144 bytes
TELEPHONE = b"\xff\xe3\x28\xc4" + bytes(140)  # MPEG-2.5, 16 kbit/s at 8 kHz
MUSIC = b"\xff\xfb\x90\x00" + bytes(413)  # MPEG-1, 128 kbit/s at 44.1 kHz: 417 bytes
LAYER_2 = b"\xff\xf5\x68\xc4" + bytes(428)  # MPEG-2, layer II, 48 kbit/s at 16 kHz: 432 bytes
UNKNOWN = b"\x01\xff\xff\xff\xff\xff\xff\xff"


def told(kind: bytes, flags: int, *numbers: int) -> bytes:
    head = FRAME[:13] + kind + struct.pack(f">{1 + len(numbers)}I", flags, *numbers)
    return head.ljust(144, b"\0")


@pytest.mark.parametrize("frame", [FRAME, TELEPHONE, MUSIC, LAYER_2])
def test_an_mp3_that_ends_within_a_frame(frame: bytes) -> None:
    assert not mp3_is_cut_off(frame * 20)
    assert not mp3_is_cut_off(frame * 20 + b"TAG" + bytes(125))
    assert mp3_is_cut_off((frame * 20)[:-1])
    assert mp3_is_cut_off((frame * 20)[: -len(frame) + 4])
    assert mp3_is_cut_off(b"ID3\x04\x00\x00\x00\x00\x01\x00" + bytes(128) + frame * 4 + frame[:50])


@pytest.mark.parametrize(
    "first",
    [
        told(b"Xing", 3, 20, 21 * 144),
        told(b"Info", 2, 21 * 144),
        FRAME[:36] + b"VBRI" + struct.pack(">3HII", 1, 0, 0, 21 * 144, 20) + bytes(86),
    ],
)
def test_an_mp3_that_says_how_long_it_is(first: bytes) -> None:
    assert not mp3_is_cut_off(first + FRAME * 20)
    assert not mp3_is_cut_off(first + FRAME * 20 + b"TAG" + bytes(125))
    assert mp3_is_cut_off(first + FRAME * 19)


def test_an_mp3_that_says_nothing_may_end_between_frames() -> None:
    assert not mp3_is_cut_off(told(b"Info", 0) + FRAME * 3)
    assert not mp3_is_cut_off(FRAME * 3)
    assert not mp3_is_cut_off(b"no frame at all")
    assert not mp3_is_cut_off(b"")


def element(kind: int, payload: bytes, size: bytes | None = None) -> bytes:
    head = kind.to_bytes((kind.bit_length() + 7) // 8, "big")
    return head + (size or struct.pack(">I", 0x10000000 | len(payload))) + payload


HEAD = element(0x1A45DFA3, b"\x42\x82\x84webm")
BLOCKS = element(0xE7, b"\0") + element(0xA3, bytes(300)) + element(0xA3, bytes(200))


def test_a_webm_that_knows_its_length() -> None:
    content = HEAD + element(0x18538067, element(0x1F43B675, BLOCKS))
    assert not webm_is_cut_off(content)
    assert not webm_is_cut_off(content + bytes(5))
    for cut in (1, 100, 205, 400):
        assert webm_is_cut_off(content[:-cut])


def test_a_webm_of_a_browser_does_not_know_its_length() -> None:
    content = HEAD + element(0x18538067, element(0x1F43B675, BLOCKS, UNKNOWN) * 2, UNKNOWN)
    assert not webm_is_cut_off(content)
    assert not webm_is_cut_off(
        content[: -len(element(0xA3, bytes(200)))]
    )  # between two blocks nobody can tell
    for cut in (1, 100, 203):
        assert webm_is_cut_off(content[:-cut])

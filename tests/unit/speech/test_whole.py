"""Whether a recording is all there."""

from __future__ import annotations

import struct

import pytest

from bot.speech.ogg import ogg_checksum
from bot.speech.whole import is_intact, is_whole, seconds_told


def wav(length: int, present: int, *, before: bytes = b"") -> bytes:
    head = b"RIFF\x00\x00\x00\x00WAVEfmt \x10\x00\x00\x00" + bytes(16) + before
    return head + b"data" + struct.pack("<I", length) + bytes(present)


def page(payload: bytes, kind: int = 0) -> bytes:
    return b"OggS\x00" + bytes([kind]) + bytes(20) + bytes([1, len(payload)]) + payload


def box(name: bytes, payload: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(payload), name) + payload


AMR = b"#!AMR\n" + (b"\x3c" + bytes(31)) * 3 + b"\x44" + bytes(5) + b"\x7c" * 2
WIDE = b"#!AMR-WB\n" + (b"\x04" + bytes(17)) * 2 + b"\x7c"
OGG = page(b"OpusHead", 2) + page(bytes(200)) + page(bytes(90), 4)
SILK = b"\x02#!SILK_V3" + b"\x05\x00hello" + b"\x00\x00" + b"\x03\x00abc"
M4A = box(b"ftyp", b"M4A isom") + box(b"moov", bytes(50)) + box(b"mdat", bytes(300))


@pytest.mark.parametrize(
    ("container", "content", "last"),
    [("amr", AMR, 8), ("amr-wb", WIDE, 19), ("ogg", OGG, 118), ("silk", SILK, 5), ("m4a", M4A, 308)],
)
def test_a_file_that_ends_within_its_last_part_is_cut_off(container: str, content: bytes, last: int) -> None:
    assert is_whole(container, content)
    assert not is_whole(container, content[: 1 - last])


@pytest.mark.parametrize("cut", [3, 100, 250])
def test_a_cut_in_the_middle_is_seen(cut: int) -> None:
    assert not is_whole("ogg", OGG[:-cut])
    assert not is_whole("m4a", M4A[:-cut])


@pytest.mark.parametrize(
    ("content", "whole"),
    [
        (wav(1000, 1000), True),
        (wav(1000, 400), False),
        (wav(1036, 1000), True),  # the recorder counted its header too
        (wav(0, 1000), True),
        (wav(0xFFFFFFFF, 1000), True),
        (wav(0x7FFFFFFF, 1000), True),
        (wav(0x7FFFF000, 1000), True),
        (wav(1000, 1000) + b"LIST\x04\x00\x00\x00abcd", True),
        (wav(1000, 1000, before=b"LIST\x03\x00\x00\x00abc\x00"), True),
        (wav(1000, 0)[:-8], False),
        (b"RIFF\x00\x00\x00\x00WAVE", False),
    ],
)
def test_wav(content: bytes, whole: bool) -> None:
    assert is_whole("wav", content) is whole


def test_silk_ends_at_its_mark_whatever_stands_behind() -> None:
    assert is_whole("silk", SILK + b"\xff\xff")
    assert is_whole("silk", SILK + b"\xff\xff and more")
    assert not is_whole("silk", SILK + b"\x10")


def test_an_m4a_without_its_index_or_its_sound_is_not_whole() -> None:
    assert not is_whole("m4a", box(b"ftyp", b"M4A isom") + box(b"mdat", bytes(300)))
    assert not is_whole("m4a", M4A[:-308])


def test_what_stands_behind_a_whole_m4a_does_not_matter() -> None:
    assert is_whole("m4a", M4A + b"\xff" * 40)
    assert is_whole("m4a", M4A + bytes(3))


def test_an_m4a_with_a_long_length_or_up_to_the_end() -> None:
    head = M4A[:-308]
    long = struct.pack(">I4sQ", 1, b"mdat", 16 + 300)
    assert is_whole("m4a", head + long + bytes(300))
    assert not is_whole("m4a", head + long + bytes(200))
    assert is_whole("m4a", head + struct.pack(">I4s", 0, b"mdat") + bytes(7))


def test_where_the_structure_makes_no_sense_the_decoder_is_the_judge() -> None:
    assert is_whole("amr", AMR + b"\xff\xff\xff")
    assert is_whole("ogg", OGG + b"junk of some recorder")


def test_ogg_without_its_last_page_is_cut_off() -> None:
    assert not is_whole("ogg", OGG[:-118])


def test_flac_is_judged_by_what_it_plays() -> None:
    assert is_whole("flac", b"fLaC")
    told = (
        b"fLaC\x00\x00\x00\x22"
        + bytes(10)
        + (16_000 << 44 | 15 << 36 | 40_000).to_bytes(8, "big")
        + bytes(16)
    )
    assert seconds_told("flac", told) == 2.5
    assert seconds_told("flac", told.replace((40_000).to_bytes(4, "big"), bytes(4))) is None
    assert seconds_told("wav", told) is None


def sealed(content: bytes) -> bytes:
    return content[:22] + ogg_checksum(content).to_bytes(4, "little") + content[26:]


def test_the_checksum_is_the_one_that_others_write() -> None:
    """The first page of a file from ffmpeg: Opus, one channel, 16 kHz."""
    first = "4f676753000200000000000000009ab7c9b4000000008fac91ef01134f7075734865616401013801803e0000000000"
    assert ogg_checksum(bytes.fromhex(first)) == 0xEF91AC8F


def test_a_damaged_page_in_the_middle_is_seen() -> None:
    pages = [sealed(page(b"OpusHead", 2)), sealed(page(bytes(200))), sealed(page(bytes(90), 4))]
    content = b"".join(pages)
    assert is_intact("ogg", content)
    assert is_intact("speex", content + b"junk of some recorder")
    for at in (40, 60, 150, 250):
        spoilt = bytearray(content)
        spoilt[at] ^= 4
        assert not is_intact("ogg", bytes(spoilt))
    assert not is_intact("ogg", pages[0] + b"junk" + pages[1])
    assert is_intact("mp3", b"OggS" + bytes(50))

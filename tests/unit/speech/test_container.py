"""Which kind of file a recording is, by its first bytes."""

from __future__ import annotations

import pytest

from bot.speech.container import container_of


def ogg(*payloads: bytes) -> bytes:
    return b"".join(b"OggS\x00\x02" + bytes(20) + bytes([1, len(payload)]) + payload for payload in payloads)


@pytest.mark.parametrize(
    ("head", "container"),
    [
        (b"RIFF\x24\x00\x00\x00WAVEfmt ", "wav"),
        (b"RF64\xff\xff\xff\xffWAVEds64", "wav"),
        (b"#!AMR\n\x3c", "amr"),
        (b"#!AMR-WB\n\x04", "amr-wb"),
        (b"#!SILK_V3\x10\x00", "silk"),
        (b"\x02#!SILK_V3\x10\x00", "silk"),
        (ogg(b"OpusHead\x01\x01"), "ogg"),
        (ogg(b"\x01vorbis\x00"), "ogg"),
        (ogg(b"\x7fFLAC\x01"), "ogg"),
        (ogg(b"Speex   1.2"), "speex"),
        (ogg(b"fishead\x00", b"Speex   1.2"), "speex"),
        (b"fLaC\x00\x00\x00\x22", "flac"),
        (b"\x00\x00\x00\x20ftypM4A ", "m4a"),
        (b"\x00\x00\x00\x18ftyp3gp4", "m4a"),
        (b"\x1a\x45\xdf\xa3\x9fB\x86\x81\x01B\x82\x84webm", "webm"),
        (b"\xff\xfb\x90\x00", "mp3"),
        (b"\xff\xf3\x84\xc4", "mp3"),
        (b"ID3\x04\x00\x00\x00\x00\x00\x00\xff\xfb\x90\x00", "mp3"),
        (b"ID3\x04\x00\x00\x00\x00\x7f\x7f" + bytes(64), "mp3"),
        (b"ID3\x04\x00\x00\x00\x00\x00\x02\x00\x00fLaC", "flac"),
    ],
)
def test_recordings_are_known_by_their_first_bytes(head: bytes, container: str) -> None:
    assert container_of(head) == container


@pytest.mark.parametrize(
    "head",
    [
        pytest.param(b"PK\x03\x04\x14\x00", id="zip"),
        pytest.param("你好，我要投诉".encode(), id="text"),
        pytest.param("\ufeff你好".encode("utf-16-le"), id="text of Windows"),
        pytest.param(b"\xff\xd8\xff\xe0\x00\x10JFIF", id="photo"),
        pytest.param(b"\x00\x00\x00\x18ftypheic", id="photo of an iPhone"),
        pytest.param(b"\x89PNG\r\n\x1a\n", id="png"),
        pytest.param(b"MZ\x90\x00", id="program"),
        pytest.param(b"\x7fELF\x02\x01", id="program of Linux"),
        pytest.param(b"#EXTM3U\nhttp://10.0.0.1/", id="playlist"),
        pytest.param(b"ffconcat version 1.0\nfile /etc/passwd", id="list of files"),
        pytest.param(b"RIFF\x24\x00\x00\x00AVI LIST", id="video"),
        pytest.param(ogg(b"\x80theora\x03"), id="Ogg with video alone"),
        pytest.param(b"OggS", id="Ogg's first four bytes"),
        pytest.param(b"ID3", id="half a tag"),
        pytest.param(b"", id="nothing"),
        pytest.param(b"\x02", id="one byte"),
    ],
)
def test_everything_else_is_no_recording(head: bytes) -> None:
    assert container_of(head) is None


@pytest.mark.parametrize(
    "magic", [b"OggS\x00\x02" + b"\xff" * 60, b"ID3" + b"\xff" * 9, b"\x1a\x45\xdf\xa3", b"\xff\xff\xff\xff"]
)
def test_broken_heads_of_any_length_are_answered(magic: bytes) -> None:
    assert [container_of(magic[:length]) for length in range(len(magic))].count("wav") == 0

"""What a file is, by its bytes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.attachments.sniffing import sniff
from bot.errors import MediaRefused
from tests.unit.attachments import pictures as make


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (make.photo(), "image/jpeg"),
        (make.screenshot(), "image/png"),
        (make.animation(), "image/gif"),
        (make.PDF, "application/pdf"),
        (make.MP4, "video/mp4"),
        (make.AMR, "audio/amr"),
        (b"\x02#!SILK_V3" + bytes(40), "audio/silk"),
        ((b"\x3e\x28" + bytes(36) + b"\x0b" + bytes(24)) * 20, "audio/x-speex-with-header-byte"),
        (make.document(), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        (
            make.archive("xl/workbook.xml", "[Content_Types].xml"),
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ),
    ],
)
def test_what_is_kept(content: bytes, media_type: str) -> None:
    assert sniff(content) == media_type


@pytest.mark.parametrize(
    "content",
    [
        make.EXE,
        make.ELF,
        make.SVG,
        make.HTML,
        b"#!/bin/sh\nrm -rf /\n",
        b"plain words",
        make.archive("a.txt"),
        make.archive("evil.exe", "readme.docx"),
        make.document("word/vbaProject.bin"),
        make.document("word/embeddings/oleObject1.bin"),
        make.archive("META-INF/MANIFEST.MF", "A.class"),
    ],
)
def test_what_is_refused(content: bytes) -> None:
    with pytest.raises(MediaRefused) as refused:
        sniff(content)
    assert refused.value.code == "bad_type"


@pytest.mark.parametrize("content", [b"", make.document()[:60]])
def test_what_is_broken(content: bytes) -> None:
    with pytest.raises(MediaRefused) as refused:
        sniff(content)
    assert refused.value.code == "broken"


@given(st.binary(max_size=400) | st.binary(max_size=300).map(lambda rest: b"PK\x03\x04" + rest))
def test_any_bytes_have_a_type_or_a_reason(content: bytes) -> None:
    try:
        media_type = sniff(content)
    except MediaRefused:
        return
    assert media_type.split("/")[0] in {"image", "audio", "video", "application"}

"""What a file is, by its bytes: neither its name nor what the sender says of it counts."""

from __future__ import annotations

import io
import zipfile

import filetype

from bot.errors import MediaRefused
from bot.speech.container import HEAD
from bot.speech.speex import is_speex_blocks

PICTURES = frozenset({"image/jpeg", "image/png", "image/webp", "image/gif"})
"""What is taken apart and written anew; see :mod:`bot.attachments.images`."""
_KEPT_AS_THEY_ARE = frozenset(
    {
        "image/heic",
        "application/pdf",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",  # docx
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",  # xlsx
        "video/mp4",
        "video/quicktime",
        "video/3gpp",
        "audio/amr",
        "audio/ogg",
        "audio/mpeg",
        "audio/mp4",
        "audio/aac",
        "audio/x-wav",
    }
)
_OFFICE = "application/vnd.openxmlformats-officedocument"
_OFFICE_PARTS = {
    "word/document.xml": f"{_OFFICE}.wordprocessingml.document",
    "xl/workbook.xml": f"{_OFFICE}.spreadsheetml.sheet",
}
_RUNS = ("vbaproject.bin", "vbadata.xml", "/activex/", "/embeddings/")
"""Parts of an office file that can run something."""
_SILK = (b"#!SILK", b"\x02#!SILK")


def sniff(content: bytes) -> str:
    """The media type of a file that may be kept.

    Raises:
        MediaRefused: ``broken`` when it is empty or a damaged archive; ``bad_type`` when it is none of the kinds that are kept: programs,
            archives, web pages, pictures that are programs (SVG), office files with macros, and whatever is not known.
    """
    if not content:
        raise MediaRefused("broken")
    if content.startswith(_SILK):
        return "audio/silk"
    media_type = filetype.guess_mime(content)
    if media_type is None and is_speex_blocks(content[:HEAD]):
        return "audio/x-speex-with-header-byte"  # WeChat's, as WeChat names it
    if media_type == "application/zip" or str(media_type).startswith(_OFFICE):
        media_type = _office(content)
    if media_type is None or media_type not in PICTURES | _KEPT_AS_THEY_ARE:
        raise MediaRefused("bad_type")
    return str(media_type)


def _office(content: bytes) -> str | None:
    """What an office file is, by the part that makes it one; None for other archives and for those that can run something."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = {name.lower() for name in archive.namelist()}
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise MediaRefused("broken") from error
    if any(part in name for name in names for part in _RUNS):
        return None
    return next((media_type for part, media_type in _OFFICE_PARTS.items() if part in names), None)

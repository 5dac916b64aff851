"""Which kind of file a recording is, by its first bytes alone: names and declared types are wrong too often."""

from __future__ import annotations

from bot.speech.speex import is_speex_blocks

HEAD = 4096
"""Bytes from the start that are enough to tell."""

_ID3_HEADER = 10
_EBML = b"\x1a\x45\xdf\xa3"
_PICTURES = frozenset(
    {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"avif", b"avis"}
)
"""Brands of the same boxes that hold photos (ISO/IEC 23008-12)."""
_OGG_CODECS = {b"OpusHead": "ogg", b"\x01vorbis": "ogg", b"\x7fFLAC": "ogg", b"Speex   ": "speex"}


def container_of(head: bytes) -> str | None:
    """Name the container, or None when it is none that we listen to.

    Args:
        head: The first `HEAD` bytes, or all of a shorter file.

    Returns:
        ``wav``, ``mp3``, ``amr``, ``amr-wb``, ``silk``, ``ogg`` (with Opus, Vorbis or FLAC in it), ``speex`` (in Ogg, or WeChat's bare blocks), ``m4a``, ``flac`` or ``webm``.
    """
    if head[:4] in (b"RIFF", b"RF64") and head[8:12] == b"WAVE":
        return "wav"
    if head.startswith(b"#!AMR\n"):  # RFC 4867, section 5
        return "amr"
    if head.startswith(b"#!AMR-WB\n"):
        return "amr-wb"
    if head.startswith((b"#!SILK_V3", b"\x02#!SILK_V3")):  # WeChat and QQ put a byte before it
        return "silk"
    if head.startswith(b"OggS"):
        return _in_ogg(head)
    if head.startswith(b"fLaC"):
        return "flac"
    if head[4:8] == b"ftyp":
        return None if head[8:12] in _PICTURES else "m4a"
    if head.startswith(_EBML):
        return "webm" if b"webm" in head[:64] or b"matroska" in head[:64] else None
    if head.startswith(b"ID3"):
        return _in_id3(head)
    if _is_mpeg_frame(head[:4]):
        return "mp3"
    return "speex" if is_speex_blocks(head) else None


def _in_ogg(head: bytes) -> str | None:
    """The first stream that is sound: the streams' first pages stand before all others (RFC 3533)."""
    at = 0
    while head[at : at + 4] == b"OggS" and len(head) > at + 27 and head[at + 5] & 2:
        segments = head[at + 26]
        payload = at + 27 + segments
        for magic, container in _OGG_CODECS.items():
            if head.startswith(magic, payload):
                return container
        at = payload + sum(head[at + 27 : payload])
    return None


def after_id3(head: bytes) -> int:
    """Where a tag at the start ends (ID3v2.4, 3.1)."""
    a, b, c, d = head[6:_ID3_HEADER]
    return _ID3_HEADER + (a << 21 | b << 14 | c << 7 | d)


def _in_id3(head: bytes) -> str | None:
    """What the tag stands before; a tag longer than the head (a cover picture) stands before an MP3 in practice."""
    if len(head) < _ID3_HEADER:
        return None
    return "flac" if head.startswith(b"fLaC", after_id3(head)) else "mp3"


def _is_mpeg_frame(header: bytes) -> bool:
    """Whether this is the header of an MPEG audio frame of layer II or III (ISO/IEC 11172-3, 2.4.1.3)."""
    if len(header) < 4 or header[0] != 0xFF or header[1] & 0xE0 != 0xE0:
        return False
    version, layer = header[1] >> 3 & 3, header[1] >> 1 & 3
    bitrate, rate = header[2] >> 4, header[2] >> 2 & 3
    return version != 1 and layer in (1, 2) and bitrate not in (0, 15) and rate != 3

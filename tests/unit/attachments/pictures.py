"""Pictures and files for tests, made here."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from typing import Any

from PIL import Image
from PIL.PngImagePlugin import PngInfo

PLACE = (39.989, 116.481)
SECRET = "13900000001"


def photo(
    size: tuple[int, int] = (1200, 800), place: tuple[float, float] | None = PLACE, **more: Any
) -> bytes:
    """A JPEG as a phone writes it: place, camera, comment, lying on its side. The left half is red, the right half blue."""
    image = Image.new("RGB", size, "red")
    image.paste("blue", (size[0] // 2, 0, size[0], size[1]))
    exif = Image.Exif()
    exif[0x010F] = f"Phone of {SECRET}"
    exif[0x0112] = more.pop("orientation", 6)
    if place is not None:
        gps = exif.get_ifd(0x8825)
        gps[1], gps[2] = ("N" if place[0] >= 0 else "S"), sexagesimal(place[0])
        gps[3], gps[4] = ("E" if place[1] >= 0 else "W"), sexagesimal(place[1])
    out = io.BytesIO()
    image.save(out, "JPEG", exif=exif, comment=f"taken by {SECRET}".encode(), **more)
    return out.getvalue()


def sexagesimal(degrees: float) -> tuple[float, float, float]:
    whole, rest = divmod(abs(degrees), 1)
    minutes, rest = divmod(rest * 60, 1)
    return (whole, minutes, round(rest * 60, 4))


def screenshot() -> bytes:
    """A PNG with text in it that is not its picture."""
    info = PngInfo()
    info.add_text("Comment", f"taken by {SECRET}")
    info.add_itxt("XML:com.adobe.xmp", f"<x:xmpmeta>{SECRET}</x:xmpmeta>")
    out = io.BytesIO()
    Image.new("RGBA", (300, 200), (0, 128, 0, 120)).save(out, "PNG", pnginfo=info)
    return out.getvalue()


def animation() -> bytes:
    out = io.BytesIO()
    frames = [Image.new("P", (40, 30), color) for color in (1, 2, 3)]
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:], comment=SECRET.encode())
    return out.getvalue()


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few kilobytes that says it is as large as that."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(bytes(1_000_000), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def archive(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        for name in names:
            file.writestr(name, "content")
    return out.getvalue()


def document(*more: str) -> bytes:
    """A docx, by its parts."""
    return archive("[Content_Types].xml", "_rels/.rels", "word/document.xml", *more)


PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
MP4 = b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom" + bytes(64)
AMR = b"#!AMR\n" + bytes(40)
EXE = b"MZ" + bytes(200)
ELF = b"\x7fELF" + bytes(200)
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!DOCTYPE html><html><script>alert(1)</script></html>"

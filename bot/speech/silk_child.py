"""The SILK decoder as a program: a file on standard input, little-endian 16-bit samples on standard output.

Run as a file by `bot.speech.silk` with the wanted rate as its argument. It calls the library below ``pysilk.decode`` because that fails
on the end mark 0xFFFF of standard files, stops at the first lost packet, and loses two thirds of the sound when a packet holds three frames.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator

_MAGIC = b"#!SILK_V3"
_END = 0xFFFF
_LONGEST_FRAME = 960
"""Samples: 20 ms at the highest rate of the format, 48 kHz."""
_MOST_FRAMES = 5
_NO_SOUND = 4
"""Exit code when nothing could be decoded."""


def main() -> int:
    """Decode until the end; a packet that cannot be decoded is bridged as a lost one would be."""
    library = importlib.import_module("pysilk.backends.cffi._silk")
    ffi, lib = library.ffi, library.lib
    size = ffi.new("int32_t *")
    lib.SKP_Silk_SDK_Get_Decoder_Size(size)
    decoder = lib.PyMem_Malloc(size[0])
    if decoder == ffi.NULL or lib.SKP_Silk_SDK_InitDecoder(decoder):
        return _NO_SOUND
    control = ffi.new("SKP_SILK_SDK_DecControlStruct *")
    control.API_sampleRate = int(sys.argv[1])
    control.framesPerPacket = 1
    samples, count = ffi.new("int16_t[]", _LONGEST_FRAME * _MOST_FRAMES), ffi.new("int16_t *")
    good = 0
    for packet in _packets(sys.stdin.buffer.read()):
        data = ffi.from_buffer("uint8_t[]", packet)
        for _ in range(_MOST_FRAMES):
            count[0] = _LONGEST_FRAME * _MOST_FRAMES
            lost = not packet
            code = lib.SKP_Silk_SDK_Decode(decoder, control, lost, data, len(packet), samples, count)
            good += code == 0 and not lost
            if 0 < count[0] <= _LONGEST_FRAME:
                sys.stdout.buffer.write(ffi.buffer(samples, count[0] * 2))
            if code or not control.moreInternalDecoderFrames:
                break
    sys.stdout.buffer.flush()
    return 0 if good else _NO_SOUND


def _packets(content: bytes) -> Iterator[bytes]:
    at = content.index(_MAGIC) + len(_MAGIC)
    while at + 2 <= len(content):
        length = int.from_bytes(content[at : at + 2], "little")
        if length == _END:
            return
        at += 2
        yield content[at : at + length]
        at += length


if __name__ == "__main__":
    sys.exit(main())

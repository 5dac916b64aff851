"""Recordings made here, so that tests of decoding need no one's voice."""

from __future__ import annotations

import importlib
import io
import os
import struct
import subprocess
import tempfile
import wave
from functools import cache
from typing import Any

import numpy as np
import pytest

WRITES: dict[str, list[str]] = {
    "mp3": ["-c:a", "libmp3lame", "-f", "mp3"],
    "amr": ["-c:a", "libopencore_amrnb", "-ar", "8000", "-ac", "1", "-b:a", "12.2k", "-f", "amr"],
    "ogg": ["-c:a", "libopus", "-f", "ogg"],
    "vorbis": ["-c:a", "libvorbis", "-f", "ogg"],
    "m4a": ["-c:a", "aac", "-f", "ipod"],
    "3gp": ["-c:a", "libopencore_amrnb", "-ar", "8000", "-ac", "1", "-b:a", "12.2k", "-f", "3gp"],
    "flac": ["-c:a", "flac", "-f", "flac"],
    "webm": ["-c:a", "libopus", "-f", "webm"],
    "mulaw": ["-c:a", "pcm_mulaw", "-ar", "8000", "-f", "wav"],
    "alaw": ["-c:a", "pcm_alaw", "-ar", "8000", "-f", "wav"],
    "adpcm": ["-c:a", "adpcm_ms", "-ar", "8000", "-f", "wav"],
    "g722": ["-c:a", "g722", "-ar", "16000", "-ac", "1", "-f", "wav"],
    "mp3-in-wav": ["-c:a", "libmp3lame", "-f", "wav"],
}
"""Name -> how ffmpeg writes it."""
CONTAINERS = {
    "vorbis": "ogg",
    "3gp": "m4a",
    "mulaw": "wav",
    "alaw": "wav",
    "adpcm": "wav",
    "g722": "wav",
    "mp3-in-wav": "wav",
}
"""Name -> the container it is found to be, where that is another word."""


def ffmpeg() -> str:
    """The program, or the test is skipped; it fails where nothing may be left out."""
    return str(_installed("imageio_ffmpeg").get_ffmpeg_exe())


def tone(seconds: float = 2.0, *, channels: int = 1, rate: int = 16_000) -> bytes:
    """A WAV file: each channel hums a note of its own, 200 Hz apart."""
    at = np.arange(int(seconds * rate)) / rate
    notes = [0.3 * np.sin(2 * np.pi * 200 * (n + 1) * at) for n in range(channels)]
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(channels)
        out.setsampwidth(2)
        out.setframerate(rate)
        out.writeframes((np.stack(notes, axis=1) * 32767).astype("<i2").tobytes())
    return file.getvalue()


def pitch(samples: np.ndarray[Any, Any], rate: int = 16_000) -> float:
    """The loudest note, in Hz."""
    heard = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    return float(np.argmax(heard)) * rate / len(samples)


def written(name: str, sound: bytes) -> bytes:
    """A WAV file written anew as ``name`` of `WRITES`."""
    # Some of these need a file that can be sought in; whatever is written to a pipe ends without its lengths.
    with open_file() as out:
        command = [
            ffmpeg(),
            "-nostdin",
            "-v",
            "error",
            "-i",
            "pipe:0",
            *WRITES[name],
            "-y",
            f"/dev/fd/{out.fileno()}",
        ]
        subprocess.run(command, input=sound, check=True, pass_fds=[out.fileno()], timeout=120)
        out.seek(0)
        return bytes(out.read())


def open_file() -> Any:
    """A file that vanishes when it is closed."""
    return tempfile.NamedTemporaryFile()


def silence(name: str, seconds: float) -> bytes:
    """Hours of nothing in few bytes: written without ever holding them."""
    with open_file() as out:
        quiet = ["-f", "lavfi", "-i", f"anullsrc=r=16000:cl=mono:d={seconds}"]
        command = [
            ffmpeg(),
            "-nostdin",
            "-v",
            "error",
            *quiet,
            *WRITES[name],
            "-y",
            f"/dev/fd/{out.fileno()}",
        ]
        subprocess.run(command, check=True, pass_fds=[out.fileno()], timeout=240)
        out.seek(0)
        return bytes(out.read())


def silk(sound: bytes, *, frames: int = 1, mark: bytes = b"\x02", end: bytes = b"") -> bytes:
    """A WAV file of 16 kHz as a SILK voice note.

    Args:
        sound: The WAV file.
        frames: Of 20 ms in each packet: WeChat writes one, the encoder's own program up to five.
        mark: What stands before the magic.
        end: What stands after the last packet.
    """
    _installed("pysilk")
    library = importlib.import_module("pysilk.backends.cffi._silk")
    ffi, lib = library.ffi, library.lib
    size = ffi.new("int32_t *")
    lib.SKP_Silk_SDK_Get_Encoder_Size(size)
    encoder = ffi.new("uint64_t[]", size[0] // 8 + 1)
    control = ffi.new("SKP_SILK_SDK_EncControlStruct *")
    assert lib.SKP_Silk_SDK_InitEncoder(encoder, control) == 0
    control.API_sampleRate = control.maxInternalSampleRate = 16_000
    control.packetSize, control.bitRate, control.complexity = 320 * frames, 24_000, 1
    packet, length = ffi.new("uint8_t[1250]"), ffi.new("int16_t *")
    content = bytearray(mark + b"#!SILK_V3")
    with wave.open(io.BytesIO(sound)) as file:
        while len(pcm := file.readframes(320)) == 640:
            length[0] = 1250
            assert (
                lib.SKP_Silk_SDK_Encode(
                    encoder, control, ffi.from_buffer("int16_t[]", pcm), 320, packet, length
                )
                == 0
            )
            if length[0]:
                content += struct.pack("<H", length[0]) + bytes(ffi.buffer(packet, length[0]))
    return bytes(content + end)


@cache
def _installed(module: str) -> Any:
    if os.environ.get("SUDA_TEST_ALL"):
        return importlib.import_module(module)
    return pytest.importorskip(module, reason="speech is not installed (`make setup` brings it)")

"""Samples from a recording by ffmpeg, which is told what to read and how, and never guesses.

Guessing is what makes ffmpeg dangerous with strangers' files: a playlist or an edit list names other files and addresses, and ffmpeg
fetches them. Here the demuxer is forced by the container, only the decoders that recordings need may be used, and the only thing that it
can open is its own standard input.
"""

from __future__ import annotations

import importlib
import shutil
import struct
from functools import cache
from pathlib import Path

from bot.errors import AudioRefused, SpeechError
from bot.speech.audio import RATE, Limits
from bot.speech.boxed import run_boxed

_TELEPHONE = "gsm,gsm_ms,adpcm_ima_wav,adpcm_ms,g722,g726,adpcm_yamaha,g729,truespeech"
_PCM = "pcm_s16le,pcm_u8,pcm_s24le,pcm_s32le,pcm_f32le,pcm_f64le,pcm_mulaw,pcm_alaw,pcm_s16be"
_AMR = "libopencore_amrnb,libopencore_amrwb"
_MPEG = "mp3float,mp3,mp2float,mp2"
_XIPH = "opus,libopus,vorbis,speex,flac"
_DECODERS = {
    "wav": ("wav", f"{_PCM},{_TELEPHONE},{_MPEG}"),
    "mp3": ("mp3", _MPEG),
    "amr": ("amr", _AMR),
    "amr-wb": ("amr", _AMR),
    "ogg": ("ogg", _XIPH),
    "speex": ("ogg", _XIPH),
    "m4a": ("mov", f"aac,alac,{_MPEG},{_AMR},opus,{_PCM}"),
    "flac": ("flac", "flac"),
    "webm": ("matroska", f"{_XIPH},{_MPEG},aac,{_PCM}"),
}
"""Container -> ffmpeg's demuxer, and the decoders that may be used."""
_HEADER = struct.Struct(">4s5I")
"""Of Sun's .au, which ffmpeg writes here: magic, where the samples begin, their size, coding, rate, channels. Big-endian throughout."""
_SAMPLE = 2


def samples_of(container: str, content: bytes, limits: Limits) -> tuple[bytearray, int, int]:
    """Decode a recording; blocks, so call it in a thread.

    Returns:
        A buffer of big-endian 16-bit samples at `RATE`, channels in turn; the byte where they begin; the number of channels. At most a
        second more than ``limits.seconds``.

    Raises:
        AudioRefused: ``broken`` or ``too_many_channels``.
        SpeechError: ffmpeg is not installed, or did not end in time.
    """
    demuxer, decoders = _DECODERS[container]
    command = [program(), "-nostdin", "-v", "quiet", "-threads", "1", *_decoder(container, content)]
    command += ["-protocol_whitelist", "fd", "-codec_whitelist", decoders, "-f", demuxer, "-i", "fd:"]
    command += ["-map", "0:a:0", "-vn", "-sn", "-dn", "-map_metadata", "-1"]
    command += ["-ar", str(RATE), "-c:a", "pcm_s16be", "-f", "au", "pipe:1"]

    def enough(output: bytearray) -> bool:
        if len(output) < _HEADER.size:
            return False
        start, channels = _opened(output)
        return (
            channels > limits.channels
            or len(output) - start > (limits.seconds + 1) * RATE * channels * _SAMPLE
        )

    output = run_boxed(command, content, limits, enough)
    if len(output.content) < _HEADER.size:
        raise AudioRefused("broken", f"No sound can be read from the recording ({container}).")
    start, channels = _opened(output.content)
    if channels > limits.channels:
        raise AudioRefused(
            "too_many_channels",
            f"The recording has {channels} channels; at most {limits.channels} are taken.",
        )
    if output.code:
        raise AudioRefused(
            "broken", f"The recording ({container}) is damaged: its decoder gave up with code {output.code}."
        )
    return output.content, start, channels


def _opened(output: bytearray) -> tuple[int, int]:
    magic, start, _, _, _, channels = _HEADER.unpack_from(output)
    if magic != b".snd" or not channels:
        raise SpeechError("ffmpeg did not answer in the form it was asked for.")
    return start, channels


def _decoder(container: str, content: bytes) -> list[str]:
    """AMR is decoded by its reference code: ffmpeg's own decoder drops the frames of silence and reports success."""
    if container == "amr" or (container == "m4a" and b"samr" in content):
        return ["-c:a", "libopencore_amrnb"]
    if container == "amr-wb" or (container == "m4a" and b"sawb" in content):
        return ["-c:a", "libopencore_amrwb"]
    return []


@cache
def program() -> str:
    """Absolute path of ffmpeg.

    Raises:
        SpeechError: It is not installed.
    """
    try:
        named = str(importlib.import_module("imageio_ffmpeg").get_ffmpeg_exe())
    except (ImportError, RuntimeError) as error:
        raise SpeechError(
            "Speech is not installed: ffmpeg is missing. Run `make setup`, which brings it (package imageio-ffmpeg)."
        ) from error
    return str(Path(shutil.which(named) or named).absolute())

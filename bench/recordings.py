"""Voice notes for a measurement: clips of a folder, joined and cut to one length, coded as a platform brings them."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from bot.errors import ConfigError

CODINGS = {
    "amr": ("-ar", "8000", "-c:a", "libopencore_amrnb", "-b:a", "12200", "-f", "amr"),
    "ogg": ("-ar", "48000", "-c:a", "libopus", "-b:a", "24k", "-f", "ogg"),
}
"""What WeChat's and Telegram's phones send."""


def notes_of(folder: Path, coding: str, seconds: float) -> list[bytes]:
    """One note of each two neighbouring clips, as many as there are pairs.

    Args:
        folder: With ``.wav`` clips of somebody who speaks; together two of them are at least ``seconds`` long.
        coding: A key of :data:`CODINGS`.
        seconds: Length of each note; a clip is cut where it ends.

    Raises:
        ConfigError: There are no two clips, they cannot be read, or the packages of speech are missing.
    """
    clips = sorted(folder.glob("*.wav"))
    if len(clips) < 2:
        raise ConfigError(f"{folder} has no two .wav clips to make voice notes of.")
    return list(_notes(_ffmpeg(), clips, CODINGS[coding], seconds))


def _ffmpeg() -> str:
    try:
        from imageio_ffmpeg import get_ffmpeg_exe
    except ModuleNotFoundError as error:
        raise ConfigError(
            "Voice notes are made with the packages of speech, which are not installed."
        ) from error
    return str(get_ffmpeg_exe())


def _notes(ffmpeg: str, clips: list[Path], coding: tuple[str, ...], seconds: float) -> Iterator[bytes]:
    for first, second in pairwise(clips):
        joined = f"[0:a][1:a]concat=n=2:v=0:a=1,atrim=0:{seconds:g}"
        command = [ffmpeg, "-nostdin", "-v", "error", "-i", str(first), "-i", str(second)]
        command += ["-filter_complex", joined, "-ac", "1", *coding, "pipe:1"]
        made = subprocess.run(command, capture_output=True, check=False, timeout=60)  # noqa: S603 - our own command
        if made.returncode:
            raise ConfigError(f"No note can be made of {first.name}: {made.stderr.decode()[-200:].strip()}")
        yield made.stdout

"""A recording from anywhere becomes `Audio`, or is refused with the reason; whatever is in it, this process goes on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from bot.errors import AudioRefused, SpeechError
from bot.speech.audio import Audio, Limits
from bot.speech.container import HEAD, container_of
from bot.speech.ffmpeg import samples_of
from bot.speech.silk import silk_samples_of
from bot.speech.speex import in_ogg
from bot.speech.whole import is_intact, is_whole, seconds_told

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_SHORTEST = 0.05
"""Seconds of sound below which there is nothing to hear: a tap on the button, or a file that could not be read."""
_MISSING = 0.1
"""Seconds by which a recording may be shorter than it says."""
_DEFAULT = Limits()


def decode(source: bytes | Path, limits: Limits = _DEFAULT) -> Audio:
    """Decode a recording; blocks for tens of milliseconds up to a minute, so call it in a thread or process.

    Its first bytes decide what it is. The decoder runs in a process of its own, with limits on time and memory; no file is written.

    Args:
        source: The file's content, or where it is.
        limits: What is refused.

    Returns:
        All channels as they were, at `RATE`. It is at most a second longer than the limit: recorders overrun theirs.

    Raises:
        AudioRefused: For what is in the file; trying it again is no use. Its ``code`` says why.
        SpeechError: For what is not the file's fault: it cannot be opened, speech is not installed, the machine is too busy.
    """
    content = source if isinstance(source, bytes) else _read(source, limits.bytes)
    if not content:
        raise AudioRefused("empty", "The recording is empty (0 bytes).")
    if len(content) > limits.bytes:
        raise AudioRefused("too_large", f"The recording is larger than {limits.bytes / 1e6:.0f} MB.")
    container = container_of(content[:HEAD])
    if container is None:
        raise AudioRefused(
            "not_audio",
            "The file is not a recording of a kind we know: its first bytes say so, whatever its name.",
        )
    if not is_whole(container, content):
        raise AudioRefused("truncated", f"The recording ({container}) is cut off: fetch or send it again.")
    if not is_intact(container, content):
        raise AudioRefused(
            "broken", f"A part of the recording ({container}) is damaged: fetch or send it again."
        )
    audio = Audio(_samples(container, content, limits), container)
    if audio.seconds < _SHORTEST:
        raise AudioRefused("broken", f"The recording ({container}) has no sound in it.")
    told = seconds_told(container, content)
    if told is not None and audio.seconds < min(told, limits.seconds) - _MISSING:
        raise AudioRefused("truncated", f"The recording ({container}) is cut off: fetch or send it again.")
    if audio.seconds > limits.seconds + 1:
        raise AudioRefused("too_long", f"The recording is longer than {limits.seconds / 60:g} minutes.")
    return audio


def _samples(container: str, content: bytes, limits: Limits) -> NDArray[np.int16]:
    import numpy as np

    if container == "silk":
        pcm, start, channels, order = silk_samples_of(content, limits), 0, 1, "<i2"
    else:
        if container == "speex" and not content.startswith(b"OggS"):
            content = in_ogg(content, limits.seconds + 2)
        pcm, start, channels = samples_of(container, content, limits)
        order = ">i2"
    count = max(0, len(pcm) - start) // (2 * channels)
    samples = np.frombuffer(pcm, dtype=order, count=count * channels, offset=start if count else 0)
    if not samples.dtype.isnative:
        samples = samples.byteswap(inplace=True).view(np.int16)
    return samples.reshape(count, channels).T


def _read(path: Path, most: int) -> bytes:
    """All of a file, or one byte more than may be: enough to refuse it."""
    try:
        if not path.is_file():
            raise SpeechError("The recording cannot be opened: it is not a file.")
        with path.open("rb") as file:
            return file.read(most + 1)
    except OSError as error:
        raise SpeechError(f"The recording cannot be opened: {error.strerror}.") from error

"""What every recording becomes: 16-bit samples at one rate, one row a channel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

RATE = 16_000
"""Samples a second of all audio in here: what the voice gate and the transcriber take."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a recording may be at most; whatever is more is refused.

    Attributes:
        bytes: Of the file as it came.
        seconds: Of sound in it.
        channels: Two are a hotline recording with one speaker on each.
    """

    bytes: int = 50 * 1024 * 1024
    seconds: float = 3600.0
    channels: int = 2


@dataclass(frozen=True, slots=True, eq=False)
class Audio:
    """A decoded recording.

    Attributes:
        samples: int16, shape (channels, n), `RATE` a second.
        container: What it came in: ``wav``, ``mp3``, ``amr``, ``amr-wb``, ``silk``, ``ogg``, ``speex``, ``m4a``, ``flac`` or ``webm``.
    """

    samples: NDArray[np.int16]
    container: str

    @property
    def channels(self) -> int:
        """How many channels there are."""
        return int(self.samples.shape[0])

    @property
    def seconds(self) -> float:
        """How long it is."""
        return float(self.samples.shape[1]) / RATE

    def channel(self, index: int) -> NDArray[np.float32]:
        """One channel from -1 to 1, shape (n,)."""
        return self.part(index, 0, self.samples.shape[1])

    def part(self, index: int, start: int, end: int) -> NDArray[np.float32]:
        """Samples ``start`` to ``end`` of one channel from -1 to 1: an hour of them as floats would be a quarter of a gigabyte."""
        import numpy as np

        samples: NDArray[np.float32] = self.samples[index, start:end].astype(np.float32)
        samples /= 32768
        return samples

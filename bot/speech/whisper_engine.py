"""openai-whisper, with an encoder that is given no more silence than it needs.

Whisper pads every stretch to 30 seconds, and the encoder's work on the padding is most of the cost of a short one. Its
positions are sinusoids, so it can be run on less: with a second of silence after the last word it hears as well
(docs/decisions/0064-whisper-short-encoder.md has the figures), without any it does not know where to end.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from bot.errors import SpeechError
from bot.speech.transcriber import PROMPT, Heard
from bot.speech.voice import RATE, Samples

TAIL = 1.0
"""Seconds of silence after a stretch."""
WHOLE = 30 * RATE
HOP = 320
"""Samples of one position of the encoder."""
TOKENS_A_SECOND = 12
"""More is no speech but a loop: who speaks fast says 7 characters a second, rare ones being two tokens."""


class WhisperTranscriber:
    """See :class:`bot.speech.transcriber.Transcriber`.

    Args:
        weights: A ``.pt`` of openai-whisper.
        threads: Of the processor.
        beam: Alternatives followed; 1 takes the likeliest at once.

    Raises:
        SpeechError: The group is not installed, or the weights cannot be read.
    """

    def __init__(self, weights: Path, *, threads: int = 1, beam: int = 5) -> None:
        try:
            import torch
            import whisper
        except ImportError as error:
            raise SpeechError("Speech is not installed: run make setup.") from error
        torch.set_num_threads(threads)
        try:
            self._model: Any = whisper.load_model(str(weights), device="cpu", in_memory=False)
        except (RuntimeError, OSError, KeyError, EOFError, ValueError) as error:
            raise SpeechError(
                f"The weights {weights.name} cannot be read: fetch them again with suda speech fetch."
            ) from error
        self._model.eval()
        self._model.encoder.__class__ = _encoder_of_any_length(type(self._model.encoder))
        self._torch, self._whisper, self._beam = torch, whisper, beam
        self.name = f"openai-whisper {weights.stem}"

    def hear(self, samples: Samples, *, thorough: bool = False) -> Heard:
        """See the protocol."""
        length = WHOLE if thorough else min(WHOLE, samples.size + int(TAIL * RATE))
        padded = np.zeros(length // (2 * HOP) * (2 * HOP), np.float32)
        padded[: min(samples.size, padded.size)] = samples[: padded.size]
        options = self._whisper.DecodingOptions(
            language="zh",
            temperature=0.0,
            beam_size=self._beam if self._beam > 1 else None,
            prompt=PROMPT,
            without_timestamps=False,
            sample_len=min(220, 8 + int(TOKENS_A_SECOND * samples.size / RATE)),
            fp16=False,
        )
        with self._torch.inference_mode():
            mel = self._whisper.log_mel_spectrogram(self._torch.from_numpy(padded))
            found = self._whisper.decode(self._model, mel, options)
        return Heard(found.text, found.avg_logprob, found.no_speech_prob, found.compression_ratio)


def _encoder_of_any_length(encoder: Any) -> Any:
    """Whisper's encoder without the rule that its input fills 30 seconds."""
    from torch.nn import functional

    class AnyLength(encoder):  # type: ignore[misc]
        def forward(self, x: Any) -> Any:
            x = functional.gelu(self.conv1(x))
            x = functional.gelu(self.conv2(x))
            x = x.permute(0, 2, 1)
            x = (x + self.positional_embedding[: x.shape[1]]).to(x.dtype)
            for block in self.blocks:
                x = block(x)
            return self.ln_post(x)

    return AnyLength

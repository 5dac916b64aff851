"""openai-whisper: its weights and its encoder, which is given no more silence than it needs; the words are searched by `bot.speech.search`.

Whisper pads every stretch to 30 seconds, and the encoder's work on the padding is most of the cost of a short one. Its
positions are sinusoids, so it can be run on less: with a second of silence after the last word it hears as well
(docs/decisions/0065-whisper-short-encoder.md has the figures), without any it does not know where to end.
"""

from __future__ import annotations

import importlib
import math
import sys
import zlib
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from bot.errors import SpeechError
from bot.speech.plausible import is_plausible
from bot.speech.search import Found, search
from bot.speech.transcriber import PROMPT, Heard
from bot.speech.transcript import joined
from bot.speech.vocabulary import Vocabulary
from bot.speech.voice import RATE, Samples
from bot.speech.word_model import WordModel

TAIL = 1.0
"""Seconds of silence after a stretch."""
WHOLE = 30 * RATE
HOP = 320
"""Samples of one position of the encoder."""
LONGEST = 220
"""Tokens of a reading: the model takes 448 with the prompt, and was taught with half of them."""
MISSED = 2.0
"""Seconds at the end of a stretch, which ends with speech, that a reading may leave out."""
FEWEST = 2.0
"""Characters a second: of fewer the reading is asked when its last word ends."""
WORSE = 0.3
"""By how much the reading that tells may be less likely."""
STEP, MOST_PARTS = 0.5, 8
"""Seconds that each reading must bring, and readings of a stretch at most."""
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

            whisper = _whisper()
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
        tokenizer = whisper.tokenizer.get_tokenizer(
            self._model.is_multilingual,
            num_languages=self._model.num_languages,
            language="zh",
            task="transcribe",
        )
        self._vocabulary = Vocabulary(tokenizer, PROMPT)
        self._words = WordModel(self._model.decoder, self._vocabulary.kept, self._vocabulary.size)
        self._torch, self._whisper, self._beam = torch, whisper, beam
        self.name = f"openai-whisper {weights.stem}"

    def hear(self, samples: Samples, *, thorough: bool = False) -> Heard:
        """See the protocol."""
        parts, start = list[Found](), 0.0
        # Now and then a reading ends with a sentence, and the next is still to come.
        while not parts or (samples.size / RATE - start >= MISSED and len(parts) < MOST_PARTS):
            rest = samples[int(start * RATE) :]
            found = self._found(rest, thorough)
            if len(found.text) < FEWEST * rest.size / RATE and math.isinf(found.until):
                timed = self._found(rest, thorough, timed=True)
                if math.isfinite(timed.until) and timed.logprob > found.logprob - WORSE:
                    found = timed
            if parts and not is_plausible(_heard([found]), min(found.until, rest.size / RATE)):
                break
            parts.append(found)
            if found.until < STEP:
                break
            start += found.until
        return _heard(parts)

    def _found(self, samples: Samples, thorough: bool, *, timed: bool = False) -> Found:
        length = WHOLE if thorough else min(WHOLE, samples.size + int(TAIL * RATE))
        padded = np.zeros(length // (2 * HOP) * (2 * HOP), np.float32)
        padded[: min(samples.size, padded.size)] = samples[: padded.size]
        seconds = samples.size / RATE
        with self._torch.inference_mode():
            mel = self._whisper.log_mel_spectrogram(self._torch.from_numpy(padded), self._model.dims.n_mels)
            return search(
                self._words,
                self._vocabulary,
                self._model.encoder(mel[None]),
                beam=self._beam,
                longest=min(LONGEST, 8 + int(TOKENS_A_SECOND * seconds)),
                seconds=seconds,
                timed=timed,
            )


def _heard(parts: list[Found]) -> Heard:
    text, tokens = joined([part.text for part in parts]), sum(part.tokens for part in parts)
    logprob = sum(part.logprob * part.tokens for part in parts) / tokens
    return Heard(text, logprob, max(part.no_speech for part in parts), compression(text))


def _whisper() -> Any:
    """The package, without numba: its words' times are computed with that, which we do not ask for, and it takes 60 MB."""
    absent = "numba" not in sys.modules
    if absent and "whisper" not in sys.modules:
        stand_in = ModuleType("numba")
        stand_in.jit = lambda *_, **__: lambda function: function  # type: ignore[attr-defined]
        sys.modules["numba"] = stand_in
    try:
        return importlib.import_module("whisper")
    finally:
        if absent:
            sys.modules.pop("numba", None)


def compression(text: str) -> float:
    """How much shorter a text becomes when compressed, as openai-whisper counts it."""
    content = text.encode()
    return len(content) / len(zlib.compress(content))


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

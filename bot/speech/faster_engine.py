"""faster-whisper: the same models on CTranslate2, twice as fast and half as large; an extra that is installed by hand."""

from __future__ import annotations

from typing import Any

from bot.errors import SpeechError
from bot.speech.transcriber import PROMPT, Heard
from bot.speech.voice import Samples


class FasterTranscriber:
    """See :class:`bot.speech.transcriber.Transcriber`.

    Args:
        model: A folder of CTranslate2 weights, or a name that faster-whisper fetches.
        threads: Of the processor.
        beam: Alternatives followed.

    Raises:
        SpeechError: It is not installed, or the model is not there.
    """

    def __init__(self, model: str, *, threads: int = 1, beam: int = 5) -> None:
        try:
            from faster_whisper import WhisperModel
        except ImportError as error:
            raise SpeechError(
                "faster-whisper is not installed: see docs/speech.md, or choose SUDA_SPEECH_ENGINE=openai-whisper."
            ) from error
        try:
            self._model: Any = WhisperModel(model, device="cpu", compute_type="int8", cpu_threads=threads)
        except (RuntimeError, OSError, ValueError) as error:
            raise SpeechError(
                f"faster-whisper cannot load {model}: name a folder of CTranslate2 weights."
            ) from error
        self._beam = beam
        self.name = f"faster-whisper {model.rstrip('/').rpartition('/')[2]}"

    def hear(self, samples: Samples, *, thorough: bool = False) -> Heard:
        """See the protocol."""
        del thorough  # it always hears 30 seconds
        found, _ = self._model.transcribe(
            samples,
            language="zh",
            beam_size=self._beam,
            temperature=0.0,
            initial_prompt=PROMPT,
            condition_on_previous_text=False,
            without_timestamps=True,
            vad_filter=False,
        )
        parts = list(found)
        if not parts:
            return Heard("", 0.0, 1.0, 1.0)
        weights = [max(1, len(part.tokens)) for part in parts]
        total = sum(weights)
        return Heard(
            "".join(part.text for part in parts),
            sum(part.avg_logprob * weight for part, weight in zip(parts, weights, strict=True)) / total,
            max(part.no_speech_prob for part in parts),
            max(part.compression_ratio for part in parts),
        )

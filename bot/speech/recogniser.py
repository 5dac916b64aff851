"""From the bytes of a recording to what was said: decode, find speech, hear each stretch, drop guesses, put words right."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from bot.chinese import simplify
from bot.errors import AudioRefused
from bot.speech.audio import RATE, Audio, Limits
from bot.speech.crosstalk import distinct, is_leak
from bot.speech.decode import decode
from bot.speech.plausible import confidence, is_plausible
from bot.speech.repair import Repairer
from bot.speech.transcriber import Heard, Transcriber
from bot.speech.transcript import NO_SPEECH, UNCLEAR, Change, Segment, Transcript
from bot.speech.turns import WAITED_FOR, ModelTurns
from bot.speech.voice import Samples, Stretch, VoiceFinder

_ASCII_MARK = re.compile(r"(?<!\d)[,?!;:]\s*|[,?!;:](?!\d)\s*")
_MARKS = str.maketrans(",?!;:", "，？！；：")
NONE: tuple[Change, ...] = ()
Heed = Callable[[float], None]
"""Told the share of a recording that was heard, 0 to 1."""


class Recogniser:
    """Hears recordings; one a process.

    Args:
        transcriber: The model.
        finder: Where somebody speaks.
        repairer: Puts words right; None leaves them as heard.
        limits: Of a recording.
        turns: Who may use the model next, where several threads hear recordings.
    """

    def __init__(
        self,
        transcriber: Transcriber,
        finder: VoiceFinder,
        repairer: Repairer | None,
        limits: Limits | None = None,
        turns: ModelTurns | None = None,
    ) -> None:
        self._transcriber = transcriber
        self._finder = finder
        self._repairer = repairer
        self._limits = limits or Limits()
        self._turns = turns or ModelTurns()

    @property
    def model(self) -> str:
        """What hears, for an operator."""
        return self._transcriber.name

    def hear(
        self, source: bytes | Path, heed: Heed | None = None, *, urgency: int = WAITED_FOR
    ) -> Transcript:
        """What was said; a recording that cannot be used is a transcript that says why.

        Args:
            source: Its bytes, or its file.
            heed: Told of the progress.
            urgency: See :class:`bot.speech.turns.ModelTurns`.

        Raises:
            SpeechError: A part of ours is missing; nothing is known of the recording.
        """
        try:
            audio = decode(source, self._limits)
        except AudioRefused as refused:
            return Transcript((), 0.0, refused.code)
        return self.hear_audio(audio, heed, urgency=urgency)

    def hear_audio(self, audio: Audio, heed: Heed | None = None, *, urgency: int = WAITED_FOR) -> Transcript:
        """As :meth:`hear`, of what is decoded already."""
        found = [
            (number, stretch)
            for number in distinct(audio.samples)
            for stretch in self._finder.find(audio.channel(number))
            if not is_leak(audio.samples, number, stretch)
        ]
        found.sort(key=lambda one: one[1].start)
        total, done = sum(stretch.end - stretch.start for _, stretch in found), 0
        segments = []
        for number, stretch in found:
            samples = audio.part(number, stretch.start, stretch.end)
            segment = self._segment(samples, number, stretch, urgency)
            if segment is not None:
                segments.append(segment)
            done += stretch.end - stretch.start
            if heed is not None:
                heed(done / total)
        rejected = None if segments else UNCLEAR if found else NO_SPEECH
        return Transcript(tuple(segments), audio.seconds, rejected)

    def _segment(self, samples: Samples, channel: int, stretch: Stretch, urgency: int) -> Segment | None:
        with self._turns.turn(urgency):
            heard = self._heard(samples, stretch.voiced / RATE)
        if heard is None:
            return None
        text, changes = chinese_marks(simplify(heard.text.strip())), NONE
        if self._repairer is not None:
            repaired = self._repairer.repair(text)
            text, changes = repaired.text, repaired.changes
        start, end = stretch.start / RATE, stretch.end / RATE
        return Segment(start, end, text, confidence(heard), channel, changes)

    def _heard(self, samples: Samples, voiced: float) -> Heard | None:
        heard = self._transcriber.hear(samples)
        if is_plausible(heard, voiced):
            return heard
        heard = self._transcriber.hear(samples, thorough=True)
        return heard if is_plausible(heard, voiced) else None


def chinese_marks(text: str) -> str:
    """A text with Chinese punctuation, which the model writes now and then as English; 12:30 and 1,000 stay."""
    return _ASCII_MARK.sub(lambda found: found.group().strip().translate(_MARKS), text)

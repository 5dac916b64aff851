"""What of a transcript is taken for the citizen's message (pure)."""

from __future__ import annotations

from bot.attachments.step import Spoken
from bot.speech.transcript import UNCLEAR, Transcript, joined

SURE = 0.45
"""Confidence from which a stretch's words are taken for what the citizen said; of less the citizen is asked again."""


def spoken_in(transcript: Transcript) -> Spoken:
    """The stretches that are sure, and whether there were others."""
    sure = [segment for segment in transcript.segments if segment.confidence >= SURE]
    if not sure:
        return Spoken("", rejected=transcript.rejected or UNCLEAR)
    return Spoken(joined([segment.text for segment in sure]), partly=len(sure) < len(transcript.segments))

"""What of a transcript is taken for the citizen's message, and what of it is to be asked about (pure)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.attachments.spoken import Spoken, Unclear
from bot.speech.transcript import UNCLEAR, Segment, Transcript, joined

SURE = 0.5
"""Confidence from which a stretch's words are taken for what the citizen said; of less the citizen is asked again. Of 36 clean recordings none is
below it; of 53 of which more than 30 % of the characters were heard wrong, for noise, 24 are."""
CERTAIN = 0.65
"""Confidence from which a place or number in a stretch needs no question of its own: of those 36 seven are below it, of those 53 two above."""
LONGEST_AFTER = 10
"""Characters of sure words by which an unclear stretch is pointed at."""
_CLAUSES = re.compile(r"[，。？！、；…,.?!\s]+")


def spoken_in(transcript: Transcript) -> Spoken:
    """The stretches that are sure, where the others stand, and what of the sure words is doubtful."""
    sure = [segment for segment in transcript.segments if segment.confidence >= SURE]
    unclear = tuple(_unclear(transcript))
    if not sure:
        return Spoken("", unclear, rejected=transcript.rejected or UNCLEAR)
    words = joined([segment.text for segment in sure])
    return Spoken(words, unclear, tuple(_doubtful(words, sure)))


def _unclear(transcript: Transcript) -> Iterator[Unclear]:
    after = ""
    for segment in transcript.segments:
        if segment.confidence >= SURE:
            after = segment.text
        else:
            yield Unclear(_last_words(after), segment.text)


def _last_words(text: str) -> str:
    """The end of a stretch, by which people know it again."""
    clauses = [clause for clause in _CLAUSES.split(text) if clause]
    return clauses[-1][-LONGEST_AFTER:] if clauses else ""


def _doubtful(words: str, sure: list[Segment]) -> Iterator[tuple[int, int]]:
    """Spans of the words that a stretch of little confidence or a repair brought; digits for spoken digits are no repair."""
    at = 0
    for segment in sure:
        at = words.index(segment.text, at)
        if segment.confidence < CERTAIN:
            yield at, at + len(segment.text)
        else:
            yield from (
                (at + change.start, at + change.end) for change in segment.changes if change.why != "digits"
            )
        at += len(segment.text)

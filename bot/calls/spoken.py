"""What a call's caller said, as the dialogue is told of a voice note: the sure words, what of them is doubtful, where nothing was sure (pure)."""

from __future__ import annotations

import re
from collections.abc import Iterable

from bot.attachments.spoken import Spoken, Unclear
from bot.calls.model import Segment
from bot.calls.speakers import is_operators, words_of_caller
from bot.speech.message import CERTAIN, LONGEST_AFTER, SURE

_CLAUSES = re.compile(r"[，。？！、；…,.?!\s]+")


def spoken_of(segments: Iterable[Segment]) -> Spoken:
    """The words of :func:`bot.calls.speakers.words_of_caller`, with what is to be asked about.

    Args:
        segments: Of one call, in any order, with their speakers.
    """
    words, after = "", ""
    unclear, doubtful = list[Unclear](), list[tuple[int, int]]()
    for one in sorted(segments, key=lambda segment: (segment.start, segment.until)):
        said = words_of_caller([one])
        if said:
            if _is_doubtful(one):
                doubtful.append((len(words), len(words) + len(said)))
            words, after = words + said, said
        elif _is_unclear(one):
            unclear.append(Unclear(_last_words(after), one.text.strip()))
    return Spoken(words, tuple(unclear), tuple(doubtful))


def _is_doubtful(one: Segment) -> bool:
    """Only of what we heard ourselves is it known how much a confidence tells."""
    return one.channel is not None and one.confidence is not None and one.confidence < CERTAIN


def _is_unclear(one: Segment) -> bool:
    unsure = one.confidence is not None and one.confidence < SURE
    return unsure and one.speaker != "operator" and bool(one.text.strip()) and not is_operators(one.text)


def _last_words(text: str) -> str:
    clauses = [clause for clause in _CLAUSES.split(text) if clause]
    return clauses[-1][-LONGEST_AFTER:] if clauses else ""

"""Listening for danger in a message: by patterns, and by likeness where no pattern hears anything."""

from __future__ import annotations

import re

from bot.embedding import Embedder
from bot.understanding.danger import SURE, SUSPICIOUS, DangerModel
from bot.understanding.distilling import Distilled, distil
from bot.understanding.emergency import Emergency, EmergencyFinder
from bot.understanding.essence import essence
from bot.understanding.normalise import normalise

LONG = 90
"""Characters from which a message is listened to in stretches, too; a second vector for every message would double its cost."""
LOUD = -3.5
"""Value of a stretch's words from which it is worth a vector."""
STRETCH = 48
"""Characters of a stretch of a long message that is listened to by itself."""


class DangerListener:
    """Hears the dangers that a message reports as happening; safe to share between threads."""

    def __init__(self, patterns: EmergencyFinder, model: DangerModel | None, embedder: Embedder) -> None:
        self._emergencies, self._model, self._embedder = patterns, model, embedder

    def find(self, text: str) -> Emergency | None:
        """The danger that ``text`` reports as happening, or None.

        Foreseen words are heard at once, wherever they stand; what else sounds suspicious is judged, which costs a sentence vector.
        A fifth of a millisecond for a message without suspicion.
        """
        clean = normalise(text).text
        heard = self._emergencies.find(clean)
        model = self._model
        if heard is not None or model is None:
            return heard
        found = [
            (model.probability(said.words, vector), said, vector)
            for said in self._suspicious(text, clean, model)
            for vector in self._embedder.encode([said.matter])
        ]
        if not found:
            return None
        likely, said, vector = max(found, key=lambda one: one[0])
        if likely < SURE:
            return None
        which, _ = model.which(said.words, vector)
        return self._emergencies.named(which, clean, model.loudest(clean))

    def may_be_danger(self, text: str) -> bool:
        """Whether ``text`` may report a danger: no vector, so cheap enough where messages are counted. Rather yes than no."""
        clean = normalise(text).text
        model = self._model
        return self._emergencies.find(clean) is not None or (
            model is not None and any(self._suspicious(text, clean, model))
        )

    def _suspicious(self, text: str, clean: str, model: DangerModel) -> list[Distilled]:
        """The whole message and, of a long one, its loudest stretch, as far as their words alone are worth a vector.

        A danger at the end of a long complaint drowns in the rest.
        """
        whole = distil(text)
        parts = [whole] if model.suspicion(whole.words) >= SUSPICIOUS else []
        if len(clean) > LONG:
            stretch = max(_stretches(clean), key=model.suspicion)
            if model.suspicion(stretch) >= LOUD:
                parts.append(Distilled(stretch, essence(stretch)[:STRETCH]))
        return parts


def _stretches(text: str) -> list[str]:
    """Stretches of whole clauses, each about :data:`STRETCH` characters, the next one beginning a clause later."""
    clauses = [clause for clause in re.split(r"(?<=[，。！？；,!?;\s])", text) if clause.strip()]
    found = []
    for first in range(len(clauses)):
        stretch = ""
        for clause in clauses[first:]:
            if stretch and len(stretch) + len(clause) > STRETCH:
                break
            stretch += clause
        found.append(stretch[:STRETCH] if len(stretch) <= 2 * STRETCH else stretch[-STRETCH:])
    return found or [text[-STRETCH:]]

"""The whole of understanding: one message in, all fields out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import numpy as np

from bot.catalogue import LEAF_LEVEL, Catalogue
from bot.catalogue.files import load_catalogue
from bot.clock import in_city
from bot.clocks import Clocks, load_clocks
from bot.dispatch import Dispatcher
from bot.dispatch.facts import asked_fact
from bot.embedding import Embedder, get_embedder
from bot.settings import get_settings
from bot.understanding.category import NOTHING, Matrix
from bot.understanding.contact import find_contact
from bot.understanding.distilling import Distilled, distil
from bot.understanding.emergency import Emergency, EmergencyFinder
from bot.understanding.gist import gist_of
from bot.understanding.issues import split_issues
from bot.understanding.kind import kind_by_words
from bot.understanding.kind_words import plainly
from bot.understanding.learnt import learnt_models
from bot.understanding.listening import DangerListener
from bot.understanding.missing import find_missing
from bot.understanding.model import CategoryScore, Issue, Understanding
from bot.understanding.normalise import normalise
from bot.understanding.person import find_vulnerable, is_anonymous, is_confidential
from bot.understanding.place import find_place, merge_places
from bot.understanding.time import find_time
from bot.understanding.training import Models
from bot.understanding.urgency import urgency_of
from bot.vectorcache import Progress, VectorCache
from bot.vectorpack import FOLDER

TOP = 3
PRAISE = "表扬"
PRAISED = 4.0
"""How much the leaves of praise gain, of the 1.0 that all share, where somebody plainly thanks."""
RAMBLING = 90
"""Characters from which a message that seems to tell nothing is searched for the clause that does."""
CLEAR_LEAF = 0.5
"""Probability from which a leaf stands although an unforeseen danger belongs to another."""
_QUIET_KINDS = frozenset({"咨询", "建议"})
"""In a question or a suggestion a mere 现在 or 晚上 tells no time of an event."""
_SURE_TIME = 5


class Understander:
    """Reads messages; pure apart from loading, safe to share between threads."""

    def __init__(
        self,
        embedder: Embedder | None = None,
        content_dir: Path | None = None,
        *,
        models_dir: Path | None = None,
        progress: Progress | None = None,
    ) -> None:
        """Load the catalogue and what was learnt from it; learn it now when it was never learnt or has changed.

        Args:
            embedder: Makes sentence vectors; the process's own by default.
            content_dir: The city's content; from the settings by default.
            models_dir: Where learnt models are kept; ``models`` in the data folder by default.
            progress: Told how far the vectors are when they must be computed (about a minute, once).

        Raises:
            ContentError: the catalogue is wrong.
        """
        embedder = embedder or get_embedder()
        content = content_dir or get_settings().content_dir
        folder = models_dir or get_settings().data_dir / "models"
        catalogue = load_catalogue(content)
        cache = VectorCache(folder, content / FOLDER)
        models = learnt_models(catalogue, embedder, folder, cache, progress)
        self._assemble(embedder, catalogue, models, load_clocks(content))

    @classmethod
    def of(cls, embedder: Embedder, catalogue: Catalogue, models: Models, clocks: Clocks) -> Understander:
        """An understander of parts that are already there, as cross-validation needs it."""
        understander = cls.__new__(cls)
        understander._assemble(embedder, catalogue, models, clocks)
        return understander

    def _assemble(self, embedder: Embedder, catalogue: Catalogue, models: Models, clocks: Clocks) -> None:
        self._embedder = embedder
        self.catalogue = catalogue
        self.dispatcher = Dispatcher(catalogue, clocks)
        self._models = models
        self._listener = DangerListener(EmergencyFinder(catalogue.dangers), models.danger, embedder)

    def understand(
        self,
        text: str,
        *,
        at: datetime,
        with_category: bool = True,
        matter: str | None = None,
        answers: Mapping[str, str] | None = None,
        category: str | None = None,
        listen: bool = True,
    ) -> Understanding:
        """All fields of one message.

        Args:
            text: What was said.
            at: When it was said, aware.
            matter: The part of ``text`` that says what it is about, all of it by default. Words that were read before
                cost no new embedding.
            with_category: False leaves out category and dispatch and with them the only costly step, the embedding.
            answers: What was answered to clarifying questions, slot -> words; an answer that belongs to another leaf
                moves the matter there.
            category: The leaf the citizen chose, when several were offered.
            listen: False: the citizen said that what may sound of danger is none.

        Raises:
            ValueError: ``at`` has no time zone.
        """
        clean = normalise(text).text
        place = find_place(text)
        contact = find_contact(text)
        emergency = self.find_emergency(text) if listen else None
        if with_category:
            said = distil(text, place) if matter is None else distil(matter)
            candidates, kind = self._classify(said, clean, emergency)
            if len(clean) >= RAMBLING and candidates[0].code.startswith(NOTHING):
                # A matter drowned in talk: the clause that tells most of one is judged by itself.
                candidates, kind = self._classify(distil(self._gist(clean, None)), clean, emergency)
        else:
            candidates, kind = (), "求助" if emergency else kind_by_words(clean)
        answers = dict(answers or {})
        candidates, used = self._settled(candidates, category, answers, in_city(at).date())
        category = candidates[0].code if candidates else None
        occurred = find_time(text, at, least=_SURE_TIME if kind in _QUIET_KINDS else 1)
        vulnerable = find_vulnerable(clean)
        understood = Understanding(
            text=clean,
            kind=kind,
            category=category,
            candidates=candidates,
            place=place,
            occurred=occurred,
            contact=contact,
            anonymous=is_anonymous(clean),
            confidential=is_confidential(clean),
            urgency=urgency_of(
                self._usual_urgency(category), vulnerable, clean, danger=emergency is not None
            ),
            emergency=emergency,
            vulnerable=vulnerable,
            issues=(),
            missing=find_missing(
                self.catalogue,
                text=clean,
                kind=kind,
                category=category,
                place=place,
                occurred=occurred,
                contact=contact,
                on=in_city(at).date(),
                emergency=emergency,
                answers=answers,
            ),
            dispatch=None,
            answers=answers,
        )
        if category is not None:
            # An answer that moved the matter to another leaf has said all it had to say.
            left = {slot: words for slot, words in answers.items() if slot != used}
            decision = self.dispatcher.decide(replace(understood, answers=left), at=at)
            understood = replace(understood, dispatch=decision)
        return replace(understood, issues=self._issues(clean, understood, at))

    def find_emergency(self, text: str, *, by_likeness: bool = True) -> Emergency | None:
        """The danger that ``text`` reports as happening, or None; see :class:`bot.understanding.listening.DangerListener`."""
        return self._listener.find(text, by_likeness=by_likeness)

    def may_be_danger(self, text: str) -> bool:
        """Whether ``text`` may report a danger: no vector, so cheap enough where messages are counted. Rather yes than no."""
        return self._listener.may_be_danger(text)

    def gist(self, text: str, understood: Understanding) -> str:
        """The clause of a long message that says most of its matter, for reading back; see :mod:`bot.understanding.gist`."""
        code = understood.category
        sure = code is not None and not code.startswith(NOTHING)
        return self._gist(normalise(text).text, code if sure else None)

    def _gist(self, clean: str, code: str | None) -> str:
        model = self._models.category
        return gist_of(clean, lambda clause: model.likeness(clause, code))

    def rank(self, text: str) -> tuple[CategoryScore, ...]:
        """The likeliest leaves for a bare description, best first."""
        return self._classify(distil(text), normalise(text).text, None)[0]

    def _classify(
        self, said: Distilled, clean: str, emergency: Emergency | None
    ) -> tuple[tuple[CategoryScore, ...], str]:
        model = self._models.category
        vectors = self._embedder.encode([said.matter])
        probabilities = model.probabilities([said.words], vectors)[0]
        kind = self._models.kind.predict(clean, probabilities, vectors[0])
        if plainly(clean) == PRAISE:
            probabilities = self._as_praise(probabilities)
        if emergency is not None and (emergency.foreseen or float(probabilities.max()) < CLEAR_LEAF):
            # A danger that was foreseen names its leaf with more certainty than any likeness of words.
            index = model.codes.index(emergency.category)
            probabilities = probabilities * np.float32(0.1)
            probabilities[index] += np.float32(0.9)
        if emergency is not None:
            kind = kind if kind == "举报" else "求助"
        order = np.argsort(-probabilities)[:TOP]
        return tuple(self._score(model.codes[index], float(probabilities[index])) for index in order), kind

    def _as_praise(self, probabilities: Matrix) -> Matrix:
        """Who plainly thanks speaks of what was done well, whatever it was: the leaves of praise come first."""
        usual = self.catalogue.lessons.usual_kind
        praise = np.array([usual.get(code) == PRAISE for code in self._models.category.codes])
        if not praise.any():
            return probabilities
        likely = np.where(praise, probabilities + np.float32(PRAISED / praise.sum()), probabilities)
        return np.asarray(likely / likely.sum(), dtype=np.float32)

    def _settled(
        self,
        candidates: tuple[CategoryScore, ...],
        chosen: str | None,
        answers: Mapping[str, str],
        on: date,
    ) -> tuple[tuple[CategoryScore, ...], str | None]:
        """The candidates with what the citizen said of them put first: a leaf they chose, or one an answer belongs to.

        Returns:
            The candidates, and the slot of the answer that moved the matter, or None.
        """
        if not candidates:
            return candidates, None
        code, used = chosen or candidates[0].code, None
        fact = asked_fact(self.catalogue, code, answers, on)
        if fact is not None and fact.category in self.catalogue.categories:
            category = self.catalogue.categories[fact.category]
            if category.level == LEAF_LEVEL:
                code, used = category.code, fact.slot
        if code == candidates[0].code:
            return candidates, used
        before = next((one.score for one in candidates if one.code == code), None)
        others = [one for one in candidates[1:] if one.code != code]
        if before is not None:
            others.append(self._score(candidates[0].code, before))
        others.sort(key=lambda one: -one.score)
        return (self._score(code, candidates[0].score), *others)[:TOP], used

    def _score(self, code: str, score: float) -> CategoryScore:
        category = self.catalogue.categories[code]
        return CategoryScore(code, category.name, category.path, score)

    def _usual_urgency(self, category: str | None) -> str:
        return self.catalogue.categories[category].urgency if category else "S2"

    def _issues(self, text: str, whole: Understanding, at: datetime) -> tuple[Issue, ...]:
        parts = split_issues(text)
        if len(parts) == 1:
            return (self._issue(text, whole.candidates, whole, at),)
        if whole.category is None:
            return tuple(self._issue(part, (), whole, at) for part in parts)
        said = [distil(part) for part in parts]
        model = self._models.category
        vectors = self._embedder.encode([one.matter for one in said])
        probabilities = model.probabilities([one.words for one in said], vectors)
        return tuple(
            self._issue(part, (self._score(model.codes[int(row.argmax())], float(row.max())),), whole, at)
            for part, row in zip(parts, probabilities, strict=True)
        )

    def _issue(
        self, text: str, candidates: tuple[CategoryScore, ...], whole: Understanding, at: datetime
    ) -> Issue:
        """One matter with its own fields; what it does not say itself is the message's."""
        own = text != whole.text
        place = (merge_places(whole.place, find_place(text)) if own else None) or whole.place
        occurred = (find_time(text, at) if own else None) or whole.occurred
        if not candidates:
            return Issue(text, text[:30], None, None, None, place, occurred)
        best = candidates[0]
        alone = replace(whole, text=text, category=best.code, candidates=candidates, place=place)
        decision = self.dispatcher.decide(alone, at=at)
        return Issue(
            text, best.name, best.code, decision.lead_unit_id, decision.lead_unit, place, occurred, best.score
        )

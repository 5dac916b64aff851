"""The knowledge base: one question in, one answer or an honest refusal out."""

from __future__ import annotations

import csv
import logging
import threading
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import numpy as np

from bot.embedding import Embedder, get_embedder
from bot.knowledge.answers import Answer, Candidate, notices_of
from bot.knowledge.articles import Article, load_articles
from bot.knowledge.ranking import Ranked, Ranking, facts, load_ranking, probability, rank
from bot.knowledge.signals import Index
from bot.knowledge.words import normalise
from bot.settings import get_settings
from bot.vectorcache import Progress, VectorCache
from bot.vectorpack import FOLDER

log = logging.getLogger(__name__)

CANDIDATES = 5
"""Articles named with every answer."""

SUGGESTIONS = 3
PLAUSIBLE = 0.05
"""A refused question gets "did you mean" only from this probability on, and only articles with this share of it."""

EVERYWHERE = "全国"
"""Region of articles that hold in every city."""


class KnowledgeBase:
    """The articles of a city and the way to the right one; read-only after loading, safe for several threads."""

    def __init__(
        self,
        articles: Sequence[Article],
        unanswerable: Sequence[str],
        elsewhere: Sequence[str],
        ranking: Ranking,
        embedder: Embedder,
        cache: VectorCache,
        *,
        progress: Progress | None = None,
    ) -> None:
        """Index ``articles``.

        Args:
            articles: What may be answered.
            unanswerable: Questions known to have no answer here.
            elsewhere: Names of other cities and provinces.
            ranking: Fitted weights.
            embedder: Makes vectors.
            cache: Keeps vectors of content.
            progress: Told how far the first, slow start is.
        """
        self.index = Index(articles, embedder, cache, progress=progress)
        self.unanswerable = cache.vectors("unanswerable", unanswerable, embedder, progress=progress)
        self._unanswerable_at = {normalise(text): number for number, text in enumerate(unanswerable)}
        self._elsewhere = tuple(elsewhere)
        self._ranking = ranking
        self._weights = ranking.order_weights()
        self._embedder = embedder
        if ranking.embedder != embedder.version:
            log.warning(
                "The ranking was fitted for %s: run `python -m bot.knowledge.fitting`.", ranking.embedder
            )

    @classmethod
    def load(
        cls, folder: Path, embedder: Embedder, cache: VectorCache, *, progress: Progress | None = None
    ) -> KnowledgeBase:
        """The knowledge base kept in ``folder``, the ``content`` folder of a city.

        Raises:
            ContentError: A file is wrong; the message says which, where and what to do.
        """
        knowledge = folder / "knowledge"
        return cls(
            load_articles(knowledge),
            read_lines(knowledge / "unanswerable.txt"),
            read_elsewhere(folder / "gazetteer" / "elsewhere.csv"),
            load_ranking(knowledge / "ranking.json"),
            embedder,
            cache,
            progress=progress,
        )

    @property
    def articles(self) -> tuple[Article, ...]:
        """All articles, in the order of their ids."""
        return self.index.articles

    def ask(self, query: str, *, on: date, leave_out: bool = False) -> Answer:
        """What the base says to ``query``, for a citizen who reads it on the day ``on``.

        Args:
            query: The question as it was asked.
            on: Decides whether an article is past its review date.
            leave_out: Do as if this very question had never been written into the content: for measuring.
        """
        vector = self._embedder.encode([query])[0]
        signals = self.index.signals(query, vector, leave_out=leave_out)
        ranked = rank(signals, self._weights)
        none = self.unanswerable @ vector
        if leave_out and normalise(query) in self._unanswerable_at:
            none = np.delete(none, self._unanswerable_at[normalise(query)])
        score = 0.0
        if normalise(query):
            first = int(ranked.rows[0])
            values = facts(
                query,
                signals,
                ranked,
                none,
                elsewhere=names_elsewhere(query, self.articles[first], self._elsewhere),
                uncovered=self.index.uncovered(query, first, leave_out=leave_out),
            )
            score = probability(values, self._ranking)
        return self._answer(ranked, score, on)

    def _answer(self, ranked: Ranked, score: float, on: date) -> Answer:
        candidates = tuple(
            Candidate(self.articles[row].id, self.articles[row].title, float(share))
            for row, share in zip(ranked.rows[:CANDIDATES], ranked.shares[:CANDIDATES], strict=True)
        )
        if score < self._ranking.threshold:
            plausible = candidates[:SUGGESTIONS] if score >= PLAUSIBLE else ()
            suggestions = tuple(candidate for candidate in plausible if candidate.score >= PLAUSIBLE)
            return Answer(None, score, "", "", (), (), candidates, suggestions)
        article = self.articles[ranked.rows[0]]
        notices = notices_of(article, on)
        return Answer(
            article.id, score, article.title, article.answer, article.basis, notices, candidates, ()
        )


def names_elsewhere(query: str, article: Article, elsewhere: Sequence[str]) -> bool:
    """Whether ``query`` names another city, not ours, while ``article`` holds for our city only."""
    if article.region == EVERYWHERE or article.region.rstrip("市省") in query:
        return False
    return any(name in query for name in elsewhere)


def read_lines(path: Path) -> tuple[str, ...]:
    """The lines of ``path`` that say something: no blanks, no ``#`` comments, none twice; nothing without a file."""
    if not path.exists():
        return ()
    lines = (line.strip() for line in path.read_text(encoding="utf-8").splitlines())
    return tuple(dict.fromkeys(line for line in lines if line and not line.startswith("#")))


def read_elsewhere(path: Path) -> tuple[str, ...]:
    """Short names of other cities and provinces from the gazetteer's ``elsewhere.csv``; nothing without a file."""
    if not path.exists():
        return ()
    with path.open(encoding="utf-8", newline="") as file:
        return tuple(row["stem"] for row in csv.DictReader(file) if len(row["stem"]) > 1)


_knowledge: KnowledgeBase | None = None
_knowledge_lock = threading.Lock()


def get_knowledge(progress: Progress | None = None) -> KnowledgeBase:
    """The knowledge base of this process, loaded once from the settings' content folder.

    Raises:
        ContentError: A content file is wrong.
        ConfigError: The sentence model does not load.
    """
    global _knowledge
    with _knowledge_lock:
        if _knowledge is None:
            settings = get_settings()
            cache = VectorCache(settings.data_dir / "cache", settings.content_dir / FOLDER)
            _knowledge = KnowledgeBase.load(settings.content_dir, get_embedder(), cache, progress=progress)
        return _knowledge

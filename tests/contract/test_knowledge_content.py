"""The city's content is whole, its fitted weights belong to it, and the bot answers as well as the project promises."""

from datetime import date
from pathlib import Path

import pytest

from bot.embedding import get_embedder
from bot.knowledge import KnowledgeBase, load_articles
from bot.knowledge.base import read_elsewhere, read_lines
from bot.knowledge.evaluation import evaluate, read_questions
from bot.knowledge.fitting import fit_content
from bot.knowledge.ranking import Ranking, load_ranking
from bot.knowledge.words import normalise
from bot.settings import PROJECT
from bot.vectorcache import VectorCache

CONTENT = PROJECT / "content"
CACHE = VectorCache(PROJECT / "var" / "cache", PROJECT / "content" / "vectors")
DATA = Path(__file__).parent.parent / "data"
ON = date(2026, 11, 23)


@pytest.fixture(scope="module")
def knowledge() -> KnowledgeBase:
    return KnowledgeBase.load(CONTENT, get_embedder(), CACHE)


def test_every_article_is_read_and_has_phrasings() -> None:
    articles = load_articles(CONTENT / "knowledge")
    assert len(articles) == 120
    assert [article.id for article in articles if len(article.questions) < 8] == []


def test_no_question_is_both_answered_and_unanswerable() -> None:
    answered = {
        normalise(question)
        for a in load_articles(CONTENT / "knowledge")
        for question in (a.title, *a.questions)
    }
    unanswerable = {normalise(line) for line in read_lines(CONTENT / "knowledge" / "unanswerable.txt")}
    assert answered & unanswerable == set()


def test_questions_that_measure_refusal_teach_nothing() -> None:
    taught = {normalise(line) for line in read_lines(CONTENT / "knowledge" / "unanswerable.txt")}
    assert [
        row for row in read_questions(DATA / "knowledge_refusals.jsonl") if normalise(row.query) in taught
    ] == []


def test_consultation_keeps_its_promise_leave_one_out(knowledge: KnowledgeBase) -> None:
    """The floor of the project's second issue; docs/evaluation.md has the figures themselves."""
    questions = read_questions(DATA / "knowledge_questions.jsonl") + read_questions(
        DATA / "knowledge_refusals.jsonl"
    )
    report = evaluate(knowledge, questions, on=ON)
    assert report.first.value >= 0.88
    assert report.first_three.value >= 0.96
    assert report.answered_right.value >= 0.80
    assert report.answered_wrong.value <= 0.05
    assert report.refused.value >= 0.85
    assert report.calibration_error <= 0.08


def with_weights(ranking: Ranking) -> KnowledgeBase:
    return KnowledgeBase(
        load_articles(CONTENT / "knowledge"),
        read_lines(CONTENT / "knowledge" / "unanswerable.txt"),
        read_elsewhere(CONTENT / "gazetteer" / "elsewhere.csv"),
        ranking,
        get_embedder(),
        CACHE,
    )


@pytest.mark.slow
def test_the_weights_can_be_made_again_from_the_content() -> None:
    """Fits all weights, 25 CPU-seconds: a file of numbers nobody can reproduce is no part of a project."""
    kept = load_ranking(CONTENT / "knowledge" / "ranking.json")
    made = fit_content(CONTENT, DATA / "knowledge_questions.jsonl", get_embedder(), CACHE)
    assert made.fitted_on == kept.fitted_on
    asked = (
        read_questions(DATA / "knowledge_questions.jsonl")[::6]
        + read_questions(DATA / "knowledge_refusals.jsonl")[::4]
    )
    before, after = (
        [base.ask(row.query, on=ON, leave_out=True) for row in asked]
        for base in (with_weights(kept), with_weights(made))
    )
    assert [b.candidates[0].id for b in before] == [a.candidates[0].id for a in after]
    assert max(abs(b.score - a.score) for b, a in zip(before, after, strict=True)) < 0.05

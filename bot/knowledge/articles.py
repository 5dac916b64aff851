"""Articles: what the city has to say, one Markdown file with front matter an article.

``docs/adding-an-article.md`` explains the fields to editors.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

import frontmatter
import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from bot.errors import ContentError
from bot.knowledge.words import normalise

Line = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=r"^[^\n]+$")
]

REVIEW_MONTHS = 12
REVIEW_MONTHS_VOLATILE = 6
LONGEST_ANSWER = 600
"""Characters of an answer: more than that nobody reads in a chat."""


@dataclass(frozen=True, slots=True)
class Article:
    """One answer the bot may give.

    Attributes:
        id: Stable name, such as ``kb-009``.
        title: The question it answers, in the words of an editor.
        category: Where it stands in the list of contents.
        region: Where it holds: a city, or ``全国``.
        basis: The rules it rests on, as they are quoted to the citizen.
        evidence: ``found`` (checked against a text) or ``knowledge`` (rests on well-known rules).
        effective_from: Since when the rule holds, if known.
        reviewed_on: When an editor last checked it.
        review_by: From the day after this one the citizen is told that the content is due for a check.
        volatile: Some figure in it changes from year to year.
        changes: Which figure that is, in a few words for the citizen; empty unless volatile.
        keywords: Words that point here.
        questions: How citizens ask for it.
        answer: What the citizen reads.
    """

    id: str
    title: str
    category: str
    region: str
    basis: tuple[str, ...]
    evidence: str
    effective_from: date | None
    reviewed_on: date
    review_by: date
    volatile: bool
    changes: str
    keywords: tuple[str, ...]
    questions: tuple[str, ...]
    answer: str


class _FrontMatter(BaseModel):
    """The fields an editor writes; ``source`` is a note among editors and goes no further than this file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(pattern=r"^kb-\d{3,}$")
    title: Line
    category: Line
    region: Line
    basis: tuple[Line, ...] = ()
    evidence: Literal["found", "knowledge"]
    effective_from: date | None = None
    reviewed_on: date
    review_by: date | None = None
    volatile: bool = False
    changes: Line | None = None
    keywords: tuple[Line, ...] = Field(min_length=1)
    questions: tuple[Line, ...] = Field(min_length=3)
    source: str | None = None

    @model_validator(mode="after")
    def _fits_together(self) -> _FrontMatter:
        if self.volatile and not self.changes:
            raise ValueError("changes: a volatile article says here which figures change each year")
        if self.changes and not self.volatile:
            raise ValueError("volatile: set it to true, because `changes` says that figures change")
        if self.review_by and self.review_by <= self.reviewed_on:
            raise ValueError("review_by: must be later than reviewed_on")
        return self


def load_articles(folder: Path) -> tuple[Article, ...]:
    """All articles of ``folder`` (``kb-*.md``) in the order of their ids.

    Raises:
        ContentError: A file is wrong or two contradict each other; the message says file, field and cure.
    """
    files = sorted(folder.glob("kb-*.md"))
    if not files:
        raise ContentError(
            f"{folder}: no article (kb-*.md) is there. Set SUDA_CONTENT_DIR, or restore the folder."
        )
    articles = tuple(parse_article(file.name, file.read_text(encoding="utf-8")) for file in files)
    _refuse_doubles(articles)
    return articles


def parse_article(name: str, text: str) -> Article:
    """The article written in ``text``, the content of a file called ``name``.

    Raises:
        ContentError: The text is no article; the message says file, field and cure.
    """
    try:
        post = frontmatter.loads(text)
        fields = _FrontMatter.model_validate(post.metadata)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ContentError(
            f"{name}, line {line}: the front matter is no YAML ({error.problem}). Quote the value."
        ) from error
    except ValidationError as error:
        raise ContentError("; ".join(f"{name}, {_cure(detail)}" for detail in error.errors())) from error
    answer = post.content.strip()
    if not 10 <= len(answer) <= LONGEST_ANSWER:
        raise ContentError(
            f"{name}, answer: has {len(answer)} characters; write 10 to {LONGEST_ANSWER} below the front matter."
        )
    if re.search(r"https?://", answer):
        raise ContentError(
            f"{name}, answer: holds a web address; citizens get the rule (basis), put the address under `source`."
        )
    if not re.match(rf"{fields.id}(-|\.md$)", name):
        raise ContentError(f"{name}, id: is {fields.id}; name the file {fields.id}-some-words.md.")
    _refuse_repeats(name, "questions", fields.questions)
    _refuse_repeats(name, "keywords", fields.keywords)
    months = REVIEW_MONTHS_VOLATILE if fields.volatile else REVIEW_MONTHS
    return Article(
        answer=answer,
        changes=fields.changes or "",
        review_by=fields.review_by or months_later(fields.reviewed_on, months),
        **fields.model_dump(exclude={"source", "changes", "review_by"}),
    )


def months_later(day: date, months: int) -> date:
    """The same day ``months`` later, or the last day of that month."""
    years, month = divmod(day.month - 1 + months, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(day.year + years, month + 1, last)
        except ValueError:
            continue
    raise AssertionError("every month has a 28th")


def _cure(detail: Any) -> str:
    """One of pydantic's findings as ``field: what is wrong``."""
    where = ".".join(str(part) for part in detail["loc"])
    given = detail.get("input")
    if detail["type"] == "missing":
        return f"{where}: is missing; write it into the front matter"
    if detail["type"] == "extra_forbidden":
        return f"{where}: no such field; see docs/adding-an-article.md"
    if detail["type"] == "value_error":
        return str(detail["ctx"]["error"])
    return f"{where}: {detail['msg']}, not {given!r}"


def _refuse_repeats(name: str, field: str, lines: Sequence[str]) -> None:
    seen: set[str] = set()
    for line in lines:
        if normalise(line) in seen:
            raise ContentError(f"{name}, {field}: {line!r} is there twice; delete one.")
        seen.add(normalise(line))


def _refuse_doubles(articles: Sequence[Article]) -> None:
    ids = [article.id for article in articles]
    owner: dict[str, str] = {}
    for article in articles:
        if ids.count(article.id) > 1:
            raise ContentError(f"{article.id}, id: two files have it; give one of them a new number.")
        for question in (article.title, *article.questions):
            other = owner.setdefault(normalise(question), article.id)
            if other != article.id:
                raise ContentError(
                    f"{article.id}, questions: {question!r} is also asked in {other}; leave it where the answer is."
                )

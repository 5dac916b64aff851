"""An answer as data, and as the few plain lines a terminal shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from bot.knowledge.articles import Article


@dataclass(frozen=True, slots=True)
class Candidate:
    """An article that may be meant.

    Attributes:
        id: The article's id.
        title: Its title.
        score: Its share of the question among all articles, 0..1.
    """

    id: str
    title: str
    score: float


@dataclass(frozen=True, slots=True)
class Answer:
    """What the knowledge base has to say to one question.

    Attributes:
        article_id: The article that answers; None when the bot had better not answer.
        score: Probability that the first candidate answers the question, 0..1.
        title: The article's title; empty when refused.
        text: The answer itself; empty when refused.
        basis: The rules it rests on.
        notices: What the citizen should know about it: figures that change, a review that is due.
        candidates: The nearest articles, best first; at least three where the base has as many.
        suggestions: Those of them worth asking "did you mean" about when refused; often none.
    """

    article_id: str | None
    score: float
    title: str
    text: str
    basis: tuple[str, ...]
    notices: tuple[str, ...]
    candidates: tuple[Candidate, ...]
    suggestions: tuple[Candidate, ...]

    def as_text(self) -> str:
        """The answer in plain lines; the dialogue's own wording lives in ``nlu/responses.yml``."""
        if self.article_id is not None:
            lines = [self.text]
            if self.basis:
                lines.append(f"依据：{'；'.join(self.basis)}")
            lines += [f"提示：{notice}" for notice in self.notices]
            return "\n".join(lines)
        lines = ["这个问题我没有把握答准。"]
        if self.suggestions:
            lines.append("您是不是想问：")
            lines += [
                f"{number}. {suggestion.title}" for number, suggestion in enumerate(self.suggestions, 1)
            ]
        lines.append("也可以把问题登记下来，请工作人员答复您。")
        return "\n".join(lines)


def notices_of(article: Article, on: date) -> tuple[str, ...]:
    """What a citizen who reads ``article`` on the day ``on`` should know about its age."""
    found = []
    if article.volatile:
        checked = f"{article.reviewed_on.year}年{article.reviewed_on.month}月"
        found.append(f"{article.changes}，以上内容核对于{checked}。")
    if on > article.review_by:
        found.append("这条内容已过复核日期，可能有变化，办理前请向主管部门核实。")
    return tuple(found)

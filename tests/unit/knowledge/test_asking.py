"""Asking: the right answer with its basis and age, or an honest refusal."""

from datetime import date, timedelta

import pytest

from bot.knowledge import KnowledgeBase

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("query", "article"),
    [
        ("供暖几号开始", "kb-009"),
        ("家里冷死了，才十五度，国家规定该多少度", "kb-010"),
        ("物业给我家停电了因为没交物业费", "kb-024"),
        ("骑电动车能带我闺女吗", "kb-055"),
        ("居住证忘了续", "kb-058"),
        ("96166是哪里的电话", "kb-052"),
        ("老板拖了仨月工钱没给", "kb-077"),
    ],
)
def test_a_question_in_plain_words_gets_its_article(
    knowledge: KnowledgeBase, query: str, article: str
) -> None:
    answer = knowledge.ask(query, on=TODAY)
    assert answer.article_id == article
    assert answer.score >= 0.66
    assert answer.text in answer.as_text()


def test_the_answer_names_its_legal_basis(knowledge: KnowledgeBase) -> None:
    text = knowledge.ask("供暖几号开始", on=TODAY).as_text()
    assert "11月15日" in text
    assert "依据：《北京市供热采暖管理办法》第十二条" in text
    assert "http" not in text


def test_figures_that_change_each_year_are_said_to(knowledge: KnowledgeBase) -> None:
    assert knowledge.ask("供暖几号开始", on=TODAY).notices == (
        "采暖期起止日期每年可能提前或延长，以上内容核对于2026年11月。",
    )
    assert knowledge.ask("结婚登记要带户口本吗", on=TODAY).notices == ()


def test_an_article_past_its_review_date_says_so(knowledge: KnowledgeBase) -> None:
    (article,) = (article for article in knowledge.articles if article.id == "kb-009")
    on_the_day = knowledge.ask("供暖几号开始", on=article.review_by)
    after = knowledge.ask("供暖几号开始", on=article.review_by + timedelta(days=1))
    assert "已过复核日期" not in on_the_day.as_text()
    assert "已过复核日期" in after.as_text()


@pytest.mark.parametrize(
    "query",
    [
        "红烧肉怎么做",
        "你真好看",
        "上海什么时候开始供暖",
        "港澳通行证去哪儿办",
        "",
        "？？",
        "😀😀",
        "\0",
        "asdfgh",
        "啊" * 10_000,
    ],
)
def test_what_no_article_answers_is_refused(knowledge: KnowledgeBase, query: str) -> None:
    answer = knowledge.ask(query, on=TODAY)
    assert answer.article_id is None
    assert answer.text == ""
    assert len(answer.candidates) >= 3
    assert "没有把握" in answer.as_text()


def test_a_refusal_suggests_only_what_may_be_meant(knowledge: KnowledgeBase) -> None:
    assert knowledge.ask("红烧肉怎么做", on=TODAY).suggestions == ()
    unsure = knowledge.ask("门口放个破桶占地方谁管", on=TODAY, leave_out=True)
    if unsure.article_id is None:
        assert unsure.suggestions
        assert unsure.suggestions[0].title in unsure.as_text()


def test_a_question_of_the_content_does_not_answer_itself_when_measured(knowledge: KnowledgeBase) -> None:
    question = knowledge.articles[40].questions[0]
    with_it = knowledge.ask(question, on=TODAY)
    without = knowledge.ask(f"{question}？", on=TODAY, leave_out=True)
    assert with_it.article_id == knowledge.articles[40].id
    assert without.score < with_it.score


def test_candidates_come_best_first_and_share_the_question(knowledge: KnowledgeBase) -> None:
    scores = [candidate.score for candidate in knowledge.ask("狗证", on=TODAY).candidates]
    assert scores == sorted(scores, reverse=True)
    assert sum(scores) <= 1.0001

"""The lexical side: numbers and Latin words match whole or not at all."""

from bot.knowledge.words import Lexical, normalise, tokens


def test_punctuation_width_and_case_do_not_matter() -> None:
    assert normalise(" ＡPP 怎么　下载？ ") == normalise("app怎么下载")


def test_a_hotline_number_is_not_taken_for_its_neighbour() -> None:
    lexical = Lexical(["反诈专线96110", "公交热线96166", "供热热线96069"])
    scores = lexical.scores(tokens("96166是哪里"))
    assert scores.argmax() == 1
    assert scores[0] == scores[2] == 0


def test_every_word_found_scores_near_one_and_none_scores_nothing() -> None:
    lexical = Lexical(["暖气不热", "路灯不亮", "井盖丢了"])
    assert 0.3 < lexical.scores(tokens("暖气不热"))[0] <= 1
    assert lexical.scores(tokens("hello")).tolist() == [0, 0, 0]
    assert lexical.scores(tokens("？")).tolist() == [0, 0, 0]

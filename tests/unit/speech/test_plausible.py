"""What is passed on of what a model heard, and what is a guess."""

import pytest

from bot.speech.plausible import confidence, is_plausible
from bot.speech.transcriber import PROMPT, Heard


def heard(text: str, logprob: float = -0.3, no_speech: float = 0.1, compression: float = 1.0) -> Heard:
    return Heard(text, logprob, no_speech, compression)


@pytest.mark.parametrize(
    "text",
    [
        "我要投诉小区楼下的烧烤摊。",
        "13900000201",
        "我要反映字幕组的问题，他们在楼下开店半夜不停地吵我们没法睡觉",
    ],
)
def test_what_people_say_is_passed_on(text: str) -> None:
    assert is_plausible(heard(text), voiced_seconds=6)


@pytest.mark.parametrize(
    "guess",
    [
        heard(""),
        heard("。，"),
        heard("请不吝点赞 订阅 转发 打赏支持明镜与点点栏目"),
        heard("字幕由Amara.org社区提供"),
        heard(PROMPT),
        heard("以下是普通话的句子"),
        heard("而是普通话的句子。是普通话的句子。"),
        heard("他就召开了普通话的句子"),
        heard("路灯坏了", logprob=-1.2),
        heard("路灯坏了", logprob=-0.8, no_speech=0.9),
        heard("好好好好好好好好好好好好好好", compression=3.5),
    ],
)
def test_what_nobody_said_is_not(guess: Heard) -> None:
    assert not is_plausible(guess, voiced_seconds=6)


def test_more_words_than_anybody_says_in_the_time_are_a_guess() -> None:
    assert not is_plausible(heard("小区楼下的烧烤摊每天晚上都营业到凌晨两点"), voiced_seconds=0.5)


def test_fewer_words_than_anybody_says_in_the_time_are_a_crowd() -> None:
    assert not is_plausible(heard("在那里，来"), voiced_seconds=8)
    assert is_plausible(heard("嗯"), voiced_seconds=2)


def test_confidence_is_a_tokens_mean_probability() -> None:
    assert confidence(heard("路灯", logprob=0.0)) == 1.0
    assert 0.36 < confidence(heard("路灯", logprob=-1.0)) < 0.37

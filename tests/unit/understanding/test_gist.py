"""The one clause of a long message that is repeated to the citizen."""

from bot.understanding.gist import LONGEST, gist_of


def value(clause: str) -> float:
    return float(clause.count("路灯") + clause.count("不亮"))


def test_the_clause_that_tells_most() -> None:
    told = "我今年七十二了，平时不爱给人添麻烦，就是院里那个路灯不亮，走道都看不见，闺女说让我打电话试试"
    assert gist_of(told, value).startswith("院里那个路灯不亮")


def test_speech_without_a_pause_is_cut_where_breath_is_taken() -> None:
    told = "哎呀同志啊我跟你说我今年七十二了老伴儿走得早一个人过啊就是那个院里的路灯不亮啊黑灯瞎火的我都摔了一跤你说说这可怎么办呢"
    assert "路灯不亮" in gist_of(told, value)
    assert len(gist_of(told, value)) <= LONGEST


def test_where_a_speaker_comes_to_the_point() -> None:
    told = "路灯路灯以前也不亮过我也不说了我主要反映的是门口的积水没人管"
    assert "积水" in gist_of(told, value)


def test_any_text_has_one() -> None:
    assert gist_of("啊", value) == "啊"

"""Who speaks and how many matters they bring."""

import pytest

from bot.understanding.issues import split_issues
from bot.understanding.person import find_vulnerable, find_wish, is_anonymous, is_confidential


@pytest.mark.parametrize("text", ["请匿名处理", "我不想留名", "我不实名举报了"])
def test_anonymous(text: str) -> None:
    assert is_anonymous(text)
    assert is_confidential(text)


@pytest.mark.parametrize(
    "text", ["请给我保密", "别说是我举报的", "不要透露我的信息", "先别让老板知道是我说的", "我怕报复"]
)
def test_confidential_is_not_yet_anonymous(text: str) -> None:
    assert is_confidential(text)
    assert not is_anonymous(text)


@pytest.mark.parametrize("text", ["物业不透露账目", "小区信息栏没人管", "保安不让进"])
def test_other_secrets_are_not_the_speakers(text: str) -> None:
    assert not is_confidential(text)


def test_vulnerable_people() -> None:
    assert find_vulnerable("家里有个刚满月的娃，还有82岁的老人坐轮椅") == ("老人", "婴幼儿", "儿童", "残疾人")
    assert find_vulnerable("路灯坏了") == ()


def test_wish_in_own_words() -> None:
    assert find_wish("商家关门了，我要求退还剩下的钱。谢谢") == "要求退还剩下的钱"
    assert find_wish("路灯坏了") is None


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("路灯坏了三天没人修", 1),
        ("物业不行：一是保洁不来，二是电梯老坏，三是门禁没人修", 3),
        ("头一个是楼道没灯，第二个就是下水道返味", 2),
        ("楼道堆物、飞线充电、消防通道停车，三件事都管管", 3),
        ("我住一楼，二楼漏水泡了我家", 1),
        ("第一次来电，家里停水了", 1),
        ("8号楼和9号楼都没暖气", 1),
        ("楼下饭店油烟特别大呛得没法开窗。另外小区门口天天有人摆摊堵路", 2),
    ],
)
def test_number_of_issues(text: str, count: int) -> None:
    assert len(split_issues(text)) == count


def test_not_saying_ones_name_is_a_wish_to_stay_unknown() -> None:
    assert is_anonymous("姓名我就不说了，怕惹麻烦")
    assert is_confidential("叫啥就不提了，你们去查查就行")
    assert not is_anonymous("店的名字我说不上来")


@pytest.mark.parametrize("text", ["两个事儿你都给记上", "一边二零三七年一边", "三个问题", "小区停水两个事"])
def test_counting_without_telling_leaves_the_text_whole(text: str) -> None:
    assert split_issues(text) == (text,)


def test_matters_counted_without_a_pause() -> None:
    told = "三个事儿一个是绿化带让人给刨了一个是楼道里堆纸箱子还有一个就是快递架子占了盲道"
    assert split_issues(told) == ("绿化带让人给刨了", "楼道里堆纸箱子", "快递架子占了盲道")


def test_matters_told_before_they_are_counted() -> None:
    told = "昨天起我们小区热水没了 还有就是地库里头漏水 两个事儿你都给记上"
    assert split_issues(told) == ("昨天起我们小区热水没了", "地库里头漏水")

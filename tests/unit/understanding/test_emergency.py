"""Dangers are heard, look-alikes are not."""

import csv

import pytest

from bot.catalogue.files import load_catalogue
from bot.settings import PROJECT
from bot.understanding.emergency import EmergencyFinder

CONTENT = PROJECT / "content"


@pytest.fixture(scope="module")
def finder() -> EmergencyFinder:
    return EmergencyFinder(load_catalogue(CONTENT).dangers)


def rows(polarity: str) -> list[dict[str, str]]:
    with (CONTENT / "catalogue/emergencies.csv").open(encoding="utf-8") as file:
        return [row for row in csv.DictReader(file) if row["polarity"] == polarity]


@pytest.mark.parametrize("row", rows("positive"), ids=lambda row: row["id"])
def test_every_class_of_danger_is_heard(finder: EmergencyFinder, row: dict[str, str]) -> None:
    found = finder.find(row["example"])
    assert found is not None
    assert (found.id, found.call, found.advice) == (row["id"], row["call"], row["advice_to_citizen"])


@pytest.mark.parametrize("row", rows("near_miss_negative"), ids=lambda row: row["id"])
def test_look_alikes_raise_no_alarm(finder: EmergencyFinder, row: dict[str, str]) -> None:
    assert finder.find(row["example"]) is None


@pytest.mark.parametrize(
    ("text", "danger"),
    [
        ("楼下车棚里好几辆电瓶车都烧着了", "电动车起火"),
        ("厨房里闻着好大一股天然气的味道", "燃气泄漏"),
        ("工地把燃气管道给挖断了一直嘶嘶响", "管线挖断"),
        ("二楼有个姑娘坐在窗台外面说要跳下去", "轻生自伤"),
        ("我妈突然晕倒了叫不应", "急病受伤"),
        ("我被困电梯里了，按铃没人理", "电梯困人"),
        ("有人拿着菜刀在小区里追人砍", "治安暴力"),
        ("我奶奶87岁老年痴呆早上出门到现在没回来", "走失"),
        ("三条野狗在追着咬一个小学生", "恶犬正在攻击"),
        ("小孩掉进下水井了", "井盖缺失敞口"),
        ("三岁孩子被反锁在屋里了", "老幼遇险"),
        ("有个小孩爬到窗户外面去了", "老幼遇险"),
        ("救命啊！快来人！", "危急求救"),
        ("再不解决我就一把火把你们办事大厅点了", "扬言伤害"),
        ("热水器漏电，我爸被电倒了", "触电断线"),
        ("着火了怎么办", "火灾"),
        ("我家煤气泄漏了应该打哪个电话", "燃气泄漏"),
        ("我不是跟你开玩笑的，我要跳楼", "轻生自伤"),
    ],
)
def test_other_words_for_the_same_danger(finder: EmergencyFinder, text: str, danger: str) -> None:
    found = finder.find(text)
    assert found is not None
    assert found.name == danger


@pytest.mark.parametrize(
    "text",
    [
        "火锅店排烟太大",
        "我快气炸了",
        "燃气灶打不着火",
        "消防通道被堵，万一着火消防车进不来",
        "电梯三天两头坏，怕把人困在里面",
        "上个月我妈被困电梯里过一次，物业一直不修",
        "遛狗不拴绳，怕咬着孩子",
        "井盖松动，车压过去咣当响",
        "墙皮脱落，掉下来差点砸到人",
        "地铁太挤喘不过气",
        "我都快爆炸了，这帮人是要逼死谁啊",
        "燃气泄漏怎么办",
        "燃气泄漏了应该打哪个电话",
        "想了解一下煤气味大怎么处理",
        "不是井盖丢了，是井盖松了",
        "等得我要上吊了，开玩笑的",
        "救命啊，这物业费也太贵了",
        "赶紧来人",
    ],
)
def test_fears_memories_and_sayings_are_no_danger(finder: EmergencyFinder, text: str) -> None:
    assert finder.find(text) is None


def test_words_are_kept_as_evidence(finder: EmergencyFinder) -> None:
    text = "你好，我家楼道里闻到很大的煤气味"
    found = finder.find(text)
    assert found is not None
    assert text[found.span[0] : found.span[1]] == found.text

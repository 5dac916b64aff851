"""Several matters: how many are named, and how the citizen wants them filed."""

from __future__ import annotations

from datetime import datetime

import pytest

from actions.complaint.choosing import choice_beside, choice_in, names_one, only_part
from actions.complaint.draft import Draft, IssueDraft, dump, load
from actions.complaint.several import announces_another, draft_of_issue, issues_of, keep, listed, with_another
from bot.clock import CITY
from bot.understanding import Understander, Understanding

AT = datetime(2026, 11, 23, 15, tzinfo=CITY)


@pytest.fixture(scope="module")
def understander() -> Understander:
    return Understander()


def understood(understander: Understander, text: str) -> Understanding:
    return understander.understand(text, at=AT)


def test_two_matters_for_two_desks(understander: Understander) -> None:
    told = "朝阳区望京街道南湖东园2号楼，楼道灯坏了没人修，另外楼下有人占道摆摊卖早点，每天早上"
    issues = issues_of(understood(understander, told))
    assert len(issues) == 2
    assert listed(issues).startswith("① ")


@pytest.mark.parametrize(
    "text",
    [
        "丰台区马家堡街道角门东里小区暖气不热，还有我家孩子才两岁，冻得直咳嗽",
        "楼上漏水把我家吊顶泡了，另外家具也泡坏了，要求赔偿",
        "两个事儿你都给记上",
        "海淀区中关村街道软件园小区3号楼电梯坏了",
    ],
)
def test_what_goes_on_is_one_matter(understander: Understander, text: str) -> None:
    assert issues_of(understood(understander, text)) == ()


def test_each_matter_keeps_its_own_building_and_time(understander: Understander) -> None:
    told = "平谷区滨河街道建设街小区两个事，一是3号楼前头化粪池11月20号冒了，二是1号楼单元门禁11月18号坏的"
    first, second = issues_of(understood(understander, told))
    assert first.place is not None
    assert "3号楼" in (first.place.text or "")
    assert second.place is not None
    assert "1号楼" in (second.place.text or "")
    assert [one.occurred.start if one.occurred else None for one in (first, second)] == [
        "2026-11-20",
        "2026-11-18",
    ]


@pytest.mark.parametrize(
    ("text", "choice"),
    [
        ("一件一件来", "one_by_one"),
        ("先说第一件", "one_by_one"),
        ("合在一起吧", "single"),
        ("其实是一件事", "single"),
        ("分开登记", "each"),
        ("两件都登记", "each"),
        ("就登记第一件", (0,)),
        ("第二件别登了", (0,)),
        ("第一个不用了", (1,)),
        ("垃圾那个不用了", (0,)),
        ("只登记灯的", (0,)),
        ("就报楼道灯这一件，垃圾不报了", (0,)),
        ("只登记垃圾没人收的，灯的事先不说", (1,)),
        ("就报灯的，别的不报了", (0,)),
        ("先报垃圾那件吧，其他的算了", (1,)),
        ("垃圾不用报了，就报灯", (0,)),
        ("灯的先不管，只说垃圾", (1,)),
        ("光登记灯坏的那件就行", (0,)),
        ("就报这一件", None),
        ("就报上去吧", None),
        ("都不报了", None),
        ("不报了", None),
        ("我不想说", None),
        ("垃圾也报", None),
        ("第一件不对，是停电", None),
        ("第一件不是停水，是停电", None),
        ("第二件不记得了", None),
        ("第一件不用改，第二件地址错了", None),
        ("单元里就一个电梯", None),
        ("就一个灯亮着", None),
        ("地址和电话都要改", None),
        ("都要求尽快处理", None),
        ("这不是一回事", None),
        ("13900000001", None),
        ("朝阳区望京街道", None),
        ("确认", None),
    ],
)
def test_how_they_are_to_be_filed(text: str, choice: object) -> None:
    issues = (IssueDraft("楼道灯坏了", "小区胡同照明"), IssueDraft("垃圾没人收", "垃圾清运不及时"))
    assert choice_in(text, issues) == choice


def test_one_of_what_was_told_in_one_breath() -> None:
    draft = Draft(matter=("暖气不热，才十五度，楼下麻将馆还吵，门口野猫也多", "昨天起"))
    kept = only_part(draft, "就报暖气这一件，别的不报了")
    assert kept is not None
    assert kept.matter == ("暖气不热，才十五度", "昨天起")
    assert only_part(draft, "就报上去吧") is None
    assert only_part(draft, "不报了") is None
    assert names_one("就是不报了") is None


@pytest.mark.parametrize(
    ("text", "beside"),
    [
        ("三件都要反映，分开记。昌平回龙观龙博苑社区", ("each", "昌平回龙观龙博苑社区")),
        ("别拆了 就当一件事记 都是今天早上八点的", ("single", "都是今天早上八点的")),
        ("昌平回龙观龙博苑社区", None),
        ("第一件不对，是停电", None),
    ],
)
def test_a_choice_beside_a_field(text: str, beside: object) -> None:
    issues = (IssueDraft("楼道灯坏了", "小区胡同照明"), IssueDraft("垃圾没人收", "垃圾清运不及时"))
    assert choice_beside(text, issues) == beside


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("对了还有个事，村里那趟公交也减了，一天就剩两班", "村里那趟公交也减了，一天就剩两班"),
        ("哎另外还有一件事：楼道灯坏了半个月", "楼道灯坏了半个月"),
        ("再反映一个问题，门口垃圾没人收", "门口垃圾没人收"),
        ("还有个事", None),
        ("还有，楼道灯也坏了", None),
        ("还有个孩子在家", None),
    ],
)
def test_one_more_matter_is_announced(text: str, told: str | None) -> None:
    assert announces_another(text) == told


def test_one_more_matter_becomes_a_case_of_its_own(understander: Understander) -> None:
    draft = Draft(matter=("村里卫生室三天两头锁门",), title="非法行医")
    told = "村里那趟公交也减了，一天就剩两班"
    both = with_another(draft, told, understood(understander, told))
    assert both is not None
    assert [issue.text for issue in both.issues] == ["村里卫生室三天两头锁门", told]
    again = "村头公交又减班了"
    assert with_another(both, again, understood(understander, again)) is None, "goes on with the second"


def test_one_of_them_takes_contact_and_place_of_all() -> None:
    draft = Draft(
        matter=("楼道里灯坏了，另外门口占道摆摊", "物业小张负责"),
        phone="13900000001",
        issues=(IssueDraft("楼道里灯坏了", "路灯"), IssueDraft("门口占道摆摊", "摊贩")),
    )
    one = draft_of_issue(draft, 1)
    assert (one.matter, one.phone, one.issues) == (("门口占道摆摊", "物业小张负责"), "13900000001", ())
    assert keep(draft, (0,)).matter == ("楼道里灯坏了", "物业小张负责")
    assert load(dump(draft)) == draft

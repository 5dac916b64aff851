"""What is said after filing belongs to the case only where it points to it; a new matter opens a case of its own."""

from __future__ import annotations

import pytest

from actions.anytime.adding import adds_more, leaves_a_number, says_open, wants_to_join
from actions.complaint.known import says_anew


@pytest.mark.parametrize(
    "text",
    [
        "再补充一句，旁边又撂了一辆",
        "僵尸车那件我再补充一句，它旁边又撂了一辆",
        "还是我 刚才那个楼顶漏雨的 再补充一下 现在客厅也开始滴水了",
        "昨天报的公交甩站，再补充一点，车尾号是3358",
        "又是我，车棚漏雨那事儿，昨儿把我车座也泡烂了，给我补充上",
        "昨天我反映锯树那件，地方没说细，是9号楼前头，您给添上",
    ],
)
def test_more_for_the_case(text: str) -> None:
    assert adds_more(text)


@pytest.mark.parametrize(
    "text",
    [
        "门口井盖丢了两天了，你们给补上！",
        "小区没有路灯，请帮我们加上",
        "公司合同没写清楚加班费怎么算，欠我三个月工资",
        "医生没说清楚病情，家属要求给个说法",
        "东城区和平里单元门口那漏了一地污水",
        "厨房这漏了，水流到楼下",
    ],
)
def test_a_matter_of_its_own(text: str) -> None:
    assert not adds_more(text)
    assert not says_open(text)


def test_a_number_left_later() -> None:
    assert leaves_a_number("刚报的快递那件，我想了想还是留个电话，不然你们找不着我，13900024488")
    assert not leaves_a_number("丰台区我妈家暖气不热，电话留13900024488")


@pytest.mark.parametrize(
    ("text", "joins"),
    [
        ("不用新开，补充到原来那件里", True),
        ("就是同一件事，补充到原来那个里，别开新的", True),
        ("别新开了，记到那个单子里", True),
        ("希望别新建基站在小区里", False),
        ("不要再建新的垃圾站", False),
        ("停车费加到那么高谁受得了", False),
        ("垃圾都归到那边了", False),
        ("是同一回事吗", False),
        ("就是那回事，确认", False),
    ],
)
def test_joining_a_case_filed_before(text: str, joins: bool) -> None:
    assert wants_to_join(text) is joins


@pytest.mark.parametrize(
    ("text", "anew"),
    [
        ("新报一件，不并到原来那件里", True),
        ("另外新报一件，别并到一块儿", True),
        ("不跟那个合在一起，单独立案", True),
        ("补充到原来那件里", False),
        ("不留电话", False),
        ("新报社的事", False),
    ],
)
def test_a_case_of_its_own_is_wished_for(text: str, anew: bool) -> None:
    assert says_anew(text) is anew
    assert not (anew and wants_to_join(text))

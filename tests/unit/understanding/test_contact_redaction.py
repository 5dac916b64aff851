"""The citizen's own number is found, others' are not, and nothing personal survives redaction."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.understanding.contact import find_contact, find_contact_problem
from bot.understanding.normalise import normalise
from bot.understanding.redaction import redact


@pytest.mark.parametrize(
    ("said", "phone", "kind"),
    [
        ("13622223333", "13622223333", "mobile"),
        ("１３６ 2222－3333", "13622223333", "mobile"),
        ("打我手机136-2222-3333", "13622223333", "mobile"),
        ("+86 136 2222 3333", "13622223333", "mobile"),
        ("我手机是幺三六二二二二三三三三", "13622223333", "mobile"),
        ("一三六零零零零一一一一你给问问", "13600001111", "mobile"),
        ("6号楼1单元1303 13622223333", "13622223333", "mobile"),
        ("座机010-6666 7777转8", "010-66667777-8", "landline"),
        ("家里电话66667777", "66667777", "landline"),
        ("骗子的电话是13900009999，我的手机是13622223333", "13622223333", "mobile"),
        ("物业电话13900009999没人接，联系我13622223333", "13622223333", "mobile"),
        ("13622223333这是我电话，老板的号码13900009999", "13622223333", "mobile"),
    ],
)
def test_own_number(said: str, phone: str, kind: str) -> None:
    contact = find_contact(said)
    assert contact is not None
    assert (contact.phone, contact.kind) == (phone, kind)
    assert said[slice(*contact.span)] == contact.text


@pytest.mark.parametrize(
    "said",
    [
        "对方的手机号是13900009999",
        "有个13900009999打来的电话说我中奖了",
        "打400-810-1234一直占线",
        "身份证号110101199003071234",
        "订单号20261120110011",
        "136****3333",
        "打12345没人管",
        "11月15日到23日停了3次",
    ],
)
def test_not_the_citizens_number(said: str) -> None:
    assert find_contact(said) is None


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        ("1362222333", "少一位"),
        ("我电话是136222233334", "多一位"),
        ("136222233", "少两位"),
        ("136****3333", "有几位没有写全"),
        ("电话12622223333", "不像是手机号"),
        ("13622223333", None),
        ("订单号20261120110011查不到", None),
        ("我家在5号楼", None),
    ],
)
def test_what_is_wrong_with_a_number(said: str, problem: str | None) -> None:
    assert find_contact_problem(said) == problem


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("我姓欧阳，13622223333", "欧阳"),
        ("联系人王小明，电话13622223333", "王小明"),
        ("13622223333 李女士", "李女士"),
        ("我叫周舟，13622223333", "周舟"),
        ("我是业主，13622223333", None),
        ("工头姓马，我13622223333", None),
    ],
)
def test_name(said: str, name: str | None) -> None:
    contact = find_contact(said)
    assert contact is not None
    assert contact.name == name


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("我叫周小舟，电话136 2222 3333", "我叫[姓名]，电话[电话]"),
        ("我姓欧阳", "我姓[姓名]"),
        ("李女士家漏水", "[姓名]女士家漏水"),
        ("身份证11010119900307123X", "身份证[身份证号]"),
        ("老身份证110101900307123", "老身份证[身份证号]"),
        ("卡号6222 0200 1111 2222 333", "卡号[卡号]"),
        ("邮箱zhou.zhou@example.cn收不到", "邮箱[邮箱]收不到"),
        ("黑色奥迪京N·88K66堵门", "黑色奥迪[车牌]堵门"),
        ("oABCDEFGHIJKLMNOPQRSTUVWXYZ1", "[账号]"),
        ("幺三六二二二二三三三三", "[电话]"),
        ("打400-810-1234占线，12345也打不通", "打400-810-1234占线，12345也打不通"),
        ("3号楼2单元1103从15号起停暖", "3号楼2单元1103从15号起停暖"),
    ],
)
def test_redaction_hides_the_person_and_keeps_the_matter(said: str, shown: str) -> None:
    assert redact(said) == shown


_PIECES = st.sampled_from(
    [
        "电话",
        "13622223333",
        "我叫周小舟",
        " ",
        "-",
        "李女士",
        "一三六",
        "转8",
        "1",
        "京A88K66",
        "。",
        "x@y.cn",
        "６",
        "\u200b",
    ]
)


@given(st.one_of(st.text(max_size=60), st.lists(_PIECES, max_size=12).map("".join)))
def test_redaction_twice_is_redaction_once(text: str) -> None:
    once = redact(text)
    assert redact(once) == once


@given(
    st.text(st.characters(whitelist_categories=["Lo", "Po"]), max_size=20),
    st.from_regex(r"1[3-9]\d{9}", fullmatch=True),
    st.text(st.characters(whitelist_categories=["Lo", "Po"]), max_size=20),
)
def test_no_mobile_survives(before: str, number: str, behind: str) -> None:
    assert number not in redact(f"{before}，{number}，{behind}")


@given(st.text(max_size=80))
def test_every_part_of_a_clean_text_leads_back(text: str) -> None:
    said = normalise(text)
    assert len(said.offsets) == len(said.text) + 1
    assert list(said.offsets) == sorted(said.offsets)
    start, end = said.original_span(0, len(said.text))
    assert 0 <= start <= end <= len(text)


def test_clean_text_is_simplified_half_width_and_without_ghosts() -> None:
    assert normalise("朝陽區\u200b望京　３號樓🙏🙏").text == "朝阳区望京 3号楼 "


@pytest.mark.parametrize(
    "text",
    [
        "要退钱让等总部，麦子店街道13900110063",
        "地铁口一圈人抽烟没人来罚他13900110063",
        "跟社区说了一年就一句正在协调。通州北苑街道13900110063。",
        "垃圾没人清找了物业13900110063",
    ],
)
def test_a_number_that_ends_the_message_is_the_speakers_own(text: str) -> None:
    contact = find_contact(text)
    assert contact is not None
    assert contact.phone == "13900110063"


@pytest.mark.parametrize(
    "text", ["骗我的骗子13900110063", "物业电话13900110063", "他的手机是13900110063", "接到电话13900110063"]
)
def test_a_number_said_to_be_anothers_stays_anothers(text: str) -> None:
    assert find_contact(text) is None

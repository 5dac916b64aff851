"""Spoken digits become digits in phones, house numbers and dates, and nowhere else."""

from __future__ import annotations

import pytest

from bot.speech.repair.digits import digits, value


def written(text: str) -> str:
    pieces = list(text)
    for start, end, meant in reversed(digits(text)):
        pieces[start:end] = [meant]
    return "".join(pieces)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("我电话幺三九零零零零零二零一", "我电话13900000201"),
        ("一三九,零零零零,零二零幺谢谢", "13900000201谢谢"),
        ("电话是1三9 0000 零二零一", "电话是13900000201"),
        ("座机零一零六二三四五六七八", "座机01062345678"),
        ("我打一二三四五没人接", "我打12345没人接"),
        ("三号楼二单元五零一", "3号楼2单元501"),
        ("十六号楼二单元五层五零二室", "16号楼2单元5层502室"),
        ("学院路三十七号", "学院路37号"),
        ("一百零三号楼", "103号楼"),
        ("家园一栋三单元", "家园1栋3单元"),
        ("二零二六年十一月二十号晚上", "2026年11月20号晚上"),
    ],
)
def test_numbers_that_are_read_out(said: str, expected: str) -> None:
    assert written(said) == expected


@pytest.mark.parametrize(
    "said",
    [
        "从一百五涨到三百",
        "拖欠三个月工资",
        "凌晨两点",
        "总共有二十几个人",
        "一直没人管，统一答复，看一下",
        "三号线坏了，十号线也停了",
        "七八栋楼都没水",
        "一栋楼都停电",
        "路东一栋写字楼上的大屏",
        "这个月三号就报修了",
        "第三单元",
        "打了三次电话",
        "两单元的人",
        "几十号楼里的人",
        "楼上一楼下二楼",
    ],
)
def test_running_speech_stays(said: str) -> None:
    assert written(said) == said


def test_a_long_row_of_digits_is_no_phone() -> None:
    said = "一三九零零零零零二零一五五五五五"
    assert written(said) == said


@pytest.mark.parametrize(
    ("spoken", "expected"),
    [
        ("五零一", "501"),
        ("十二", "12"),
        ("二十", "20"),
        ("一百零三", "103"),
        ("一百二十", "120"),
        ("一百五", None),
    ],
)
def test_the_value_of_a_number(spoken: str, expected: str | None) -> None:
    assert value(spoken) == expected

"""A danger in the middle of a matter: what takes the alarm back, and which matters a danger may come out of."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from actions.complaint.endangered import _can_be_denied, denies_danger
from bot.catalogue.files import load_catalogue
from bot.settings import PROJECT


@pytest.mark.parametrize(
    ("text", "denied"),
    [
        ("不是着火", True),
        ("不是着火，就是烧叶子", True),
        ("没人困在里面", True),
        ("没有危险，我就是反映一下", True),
        ("您误会了，我说的是去年的事", True),
        ("不用打119", False),
        ("不是着火了吗，怎么还问", False),
        ("不是着火，但是烟越来越大", False),
        ("没人管，现在又冒烟了", False),
        ("人没事", False),
        ("3号楼", False),
    ],
)
def test_what_takes_an_alarm_back(text: str, denied: bool) -> None:
    assert denies_danger(text) is denied


@pytest.mark.parametrize(
    ("danger", "believed"),
    [("EM01", True), ("EM13", True), ("EM10", False), ("EM15", False), ("EM11", False)],
)
def test_nobody_is_believed_to_be_safe_from_people_for_a_word(danger: str, believed: bool) -> None:
    catalogue = load_catalogue(PROJECT / "content")
    turn = SimpleNamespace(services=SimpleNamespace(understander=SimpleNamespace(catalogue=catalogue)))
    assert _can_be_denied(cast("Any", turn), danger) is believed


def test_the_catalogue_says_what_a_danger_may_come_out_of() -> None:
    dangers = {one.id: one for one in load_catalogue(PROJECT / "content").dangers}
    assert "030105".startswith(dangers["EM13"].grows_from), "a lift that stands still may hold somebody"
    assert not "021001".startswith(dangers["EM03"].grows_from), "a street lamp leaks no gas"
    assert dangers["EM15"].grows_from == (), "any quarrel may come to blows"

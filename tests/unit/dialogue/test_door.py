"""What is carried out only after a plain yes: erasure, withdrawal, joining another channel."""

from __future__ import annotations

import pytest

from actions.anytime import door
from actions.complaint.utterance import plainly_yes


def says(what: str, text: str) -> bool:
    short = len(text) <= door.SHORT_YES
    return plainly_yes(text) or (short and door._YES[what].fullmatch(text) is not None)


@pytest.mark.parametrize(
    "text", ["确认删除", "对，删吧", "删吧", "是的", "嗯就这样 不用登记了", "好的，都删了吧"]
)
def test_erasure_is_confirmed(text: str) -> None:
    assert says("erase", text)


@pytest.mark.parametrize(
    "text",
    [
        "对了，我家暖气不热怎么办",
        "是不是删了就查不到进度了？",
        "可以只删电话吗",
        "好的，那工单还办吗？",
        "嗯…我想一下",
        "行不行啊",
        "确认删除之前先告诉我还能不能查",
    ],
)
def test_erasure_is_not_confirmed(text: str) -> None:
    assert not says("erase", text)


@pytest.mark.parametrize("text", ["确认撤回", "撤吧", "对", "嗯，撤了吧"])
def test_withdrawal_is_confirmed(text: str) -> None:
    assert says("withdraw", text)


@pytest.mark.parametrize("text", ["是不是撤了单位就不管了", "好的，那什么时候来人修", "对了电话写错了"])
def test_withdrawal_is_not_confirmed(text: str) -> None:
    assert not says("withdraw", text)

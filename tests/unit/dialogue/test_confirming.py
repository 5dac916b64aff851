"""What confirms a read-back: many ways to say yes, none of which takes anything back."""

from __future__ import annotations

import pytest

from actions.complaint.utterance import ends_in_yes, plainly_yes


@pytest.mark.parametrize(
    "text",
    [
        "确认",
        "好的，就按这个报",
        "没毛病",
        "核对过了，没问题",
        "我看了没问题",
        "信息无误",
        "全对，提交吧",
        "👌确认",
        "确认💅",
        "119我打完了，确认确认",
        "确认吧，我泡面去了",
        "确认，走了啊",
        "对，停水这个确认",
        "这回对了，确认",
        "确认，甭磨叽了",
        "确认，麻烦快点派人",
        "得嘞，确认",
        "第一件没问题，确认",
        "第二件也确认",
    ],
)
def test_confirms(text: str) -> None:
    assert plainly_yes(text) or ends_in_yes(text)


@pytest.mark.parametrize(
    "text",
    [
        "没",
        "都",
        "这个",
        "信息",
        "我看看",
        "对吗",
        "好了没",
        "还没确认",
        "我不确认",
        "确认过了吗",
        "确认一下地址是不是5号楼",
        "确认，是晚上的事",
        "确认，不过楼号改成5号",
        "确认，电话是13900000001",
        "确认，垃圾也没人收",
        "对，是5号楼",
        "是的，删除",
        "算了，就这样吧",
        "撤了吧，就这样",
    ],
)
def test_does_not_confirm(text: str) -> None:
    assert not plainly_yes(text)
    assert not ends_in_yes(text)

"""Who speaks: whether they want to stay unknown, who is hit hard, what they want."""

from __future__ import annotations

import re

_CONFIDENTIAL = re.compile(
    r"保密|(?:别|不要|不能|不想|勿|先别|千万别)(?:对外)?(?:说|透露|泄露|告诉|暴露|公开|让[^，。]{1,8}知道)[^，。]{0,10}(?:我|名字|信息|举报|身份|电话|姓名)"
    r"|(?:别|不要|千万别)(?:透露|暴露|泄露)|别说是我|(?:我)?怕(?:被)?(?:打击)?报复|穿小鞋|隐去(?:我的)?(?:姓名|信息)|不(?:想|愿|要)(?:让)?[^，。]{0,8}知道(?:是)?(?:我|谁)"
)
_ANONYMOUS = re.compile(
    r"匿名|不(?:想|敢|愿|方便|便)(?:留|透露|说|提供)(?:我的|自己的)?(?:姓?名|真名|身份|个人信息|姓名)|不(?:留|署)(?:姓)?名|不(?:想)?实名|(?:姓名|名字|叫(?:什么|啥))(?:我)?(?:先)?就不(?:说|留|提|报)了?"
)
_VULNERABLE = (
    (
        "老人",
        re.compile(
            r"老人|老头|老太|大爷|大妈|老爷子|老两口|(?:[6-9]\d|[六七八九]十[一二三四五六七八九多几来]?)多?岁|老年人|爷爷|奶奶|姥姥|姥爷|高龄"
        ),
    ),
    (
        "婴幼儿",
        re.compile(
            r"婴儿|满月|新生儿|月子|吃奶|(?:[一二三四五六七八九十\d]+)个月(?:大)?的(?:孩子|娃|宝宝)|宝宝|幼儿(?!园)|小婴"
        ),
    ),
    ("儿童", re.compile(r"孩子|小孩|儿子|女儿|闺女|娃|学生|小学|幼儿园")),
    (
        "病人",
        re.compile(
            r"病人|心脏病|癌|透析|化疗|制氧|呼吸机|住院|卧床|瘫|尿毒症|哮喘|中风|半失能|失能|痴呆|阿尔茨海默|术后"
        ),
    ),
    ("孕妇", re.compile(r"孕妇|怀孕|孕期|临产|坐月子")),
    ("残疾人", re.compile(r"残疾|轮椅|盲人|聋|拐杖|盲杖|腿脚不|眼睛不好|二级残|智力")),
)
_WISH = re.compile(r"(?:要求|希望|请求|请(?!问)|建议|能不能|能否|麻烦|求)[^。！？!?\n]{2,40}")


def is_confidential(text: str) -> bool:
    """Whether the speaker asks that the handling unit does not learn who they are (保密); 匿名 implies it."""
    return bool(_CONFIDENTIAL.search(text) or _ANONYMOUS.search(text))


def is_anonymous(text: str) -> bool:
    """Whether the speaker wants no identity kept at all (匿名)."""
    return bool(_ANONYMOUS.search(text))


def find_vulnerable(text: str) -> tuple[str, ...]:
    """Groups of people in the text who are hit harder than others."""
    return tuple(name for name, pattern in _VULNERABLE if pattern.search(text))


def find_wish(text: str) -> str | None:
    """What the speaker wants to happen, in their own words, or None."""
    match = _WISH.search(text)
    return match.group().strip("，, ") if match else None

"""A citizen who complains until a case is filed, answering what the bot asks: pure, the same for the same seed."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, field

from bot.messages import Reply

PLACES = (
    ("海淀区", "中关村街道"), ("朝阳区", "望京街道"), ("丰台区", "马家堡街道"), ("西城区", "德胜街道"),
    ("东城区", "和平里街道"), ("通州区", "永顺镇"), ("昌平区", "回龙观街道"), ("大兴区", "黄村镇"),
    ("石景山区", "鲁谷街道"), ("顺义区", "仁和镇"), ("房山区", "长阳镇"), ("门头沟区", "永定镇"),
)  # fmt: skip
MATTERS = (
    "暖气{n}天都是温的，孩子冻得直哭", "楼上天天装修到夜里，吵了{n}天了", "垃圾桶满了{n}天没人清，味道很大",
    "{n}号楼的电梯坏了好几天，老人下不了楼", "路边{n}盏路灯全灭了，走夜路害怕", "家里的自来水发黄，已经{n}天了",
    "消防通道停了{n}辆私家车，没人管", "小贩占了人行道，{n}米宽的路过不去人", "一根大树枝断了挂在{n}楼的窗外",
    "公交{n}路最近总是等半个多小时",
)  # fmt: skip
OPENINGS = ("你好", "在吗", "我想反映个问题")
TIMES = ("昨天晚上十点左右", "今天早上七点多", "上周三开始的", "前天下午")
SHRUGS = ("不清楚", "就这些了", "说不上来")
MOST_TURNS = 14
"""A conversation that has no case after so many turns has failed."""


@dataclass
class Citizen:
    """One conversation from the citizen's side; no two name the same place, matter and number together.

    Attributes:
        seed: Where the citizen's life comes from.
        said: How many things were said so far.
    """

    seed: float
    said: int = 0
    _told: bool = False
    _rng: random.Random = field(init=False)
    _place: str = field(init=False)
    _matter: str = field(init=False)

    def __post_init__(self) -> None:
        rng = self._rng = random.Random(self.seed)  # noqa: S311 - a life, not a secret
        district, street = rng.choice(PLACES)
        estate = f"{rng.choice('春夏秋冬东南西北')}{rng.choice('苑园里庄')}小区"
        door = f"{rng.randint(1, 40)}号楼{rng.randint(1, 6)}单元{rng.randint(101, 2504)}"
        self._place = f"{district}{street}{estate}{door}"
        self._matter = rng.choice(MATTERS).format(n=rng.randint(3, 15))

    def open(self) -> str:
        """The first words: a greeting, or the matter at once."""
        self.said = 1
        opening = self._rng.choice((*OPENINGS, self._matter))
        self._told = opening == self._matter
        return opening

    def answer(self, heard: str) -> str | None:
        """What is said to ``heard``; None when patience ends."""
        if self.said >= MOST_TURNS:
            return None
        self.said += 1
        if re.search("要不要我登记", heard):
            return "好的，登记"
        if re.search("确认|对吗|是否正确|无误|没问题吗|核对", heard):
            return "确认"
        if re.search("电话|手机|联系方式|怎么联系", heard):
            return f"1390000{self._rng.randint(0, 9999):04d}"
        if re.search("什么时候|几点|哪天|多久|何时|时间", heard):
            return self._rng.choice(TIMES)
        if re.search("哪里|地址|地点|位置|哪个区|什么地方|小区|街道", heard):
            return self._place
        if not self._told:
            self._told = True
            return self._matter
        return self._rng.choice(SHRUGS)


def case_number(replies: list[Reply]) -> str | None:
    """The number or tracking code of a case that ``replies`` say was filed."""
    for reply in replies:
        if (case := reply.data.get("case")) is not None:
            return str(case["number"])
    return None

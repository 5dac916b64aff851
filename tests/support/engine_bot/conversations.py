"""Conversations that walk through every kind of thing Rasa does, made systematically; no Rasa needed to list them."""

from __future__ import annotations

from itertools import product

Step = str | dict[str, str | int]

ORDER = ["我要订货", "大的", "红色", "3", "要"]
ASIDES = [
    "怎么用",
    "你好",
    "拒绝执行",
    "奇怪的回答",
    "当我没说",
    "全部忘掉",
    "嗯嗯啊啊呃",
    "给我卡片",
    "直接跳转",
    "撤销动作",
]
LATER: Step = {"wait": 90}
REMIND: Step = {"external": "EXTERNAL_remind"}


def conversations() -> dict[str, list[Step]]:
    """Names and turns; a turn is a text, ``{"wait": minutes}`` or ``{"external": intent}``."""
    made: dict[str, list[Step]] = {
        "happy order": [*ORDER, "在吗"],
        "order in one sentence": ["订一个小的大红的", "2", "不用"],
        "wrong amounts": ["我要订货", "大的", "蓝色", "很多很多", "十几个吧", "4", "不是", "你好"],
        "amount refused by the validator": ["我要订货", "中号", "绿色", "拒绝", "5", "要"],
        "colour too long": ["我要订货", "大的", "五颜六色的那一种花花绿绿", "红色", "1", "可以"],
        "stopped": ["我要订货", "大的", "算了", "你好"],
        "stopped outside": ["算了", "故事开始", "取消订单"],
        "story": ["故事开始", "故事继续", "故事继续"],
        "failing action": ["出错给我看", "你好", "弄坏它"],
        "failing action inside the form": ["我要订货", "出错给我看", "大的", "红色", "3", "要"],
        "answers against the schema": ["奇怪的回答", "说点奇怪的回答吧", "说点奇怪的"],
        "circle": ["绕圈圈", "你好", "一直转圈"],
        "pause": ["你好", "暂停会话", "你好", "我要订货"],
        "restart": [*ORDER[:3], "从头再来", *ORDER],
        "back": ["你好", "我要订货", "返回上一步", "大的", "退回去"],
        "typed intents": [
            "/greet",
            '/inform{"size": "大"}',
            "/order",
            "/restart",
            "/session_start",
            "/nonsense",
            "/ 你好",
        ],
        "session expires": ["你好", "大的", LATER, "红色", *ORDER],
        "session expires inside the form": [*ORDER[:3], LATER, "3", "要", "我要订货"],
        "two sessions later": ["大的", LATER, "你好", LATER, *ORDER],
        "reminder": [REMIND, "你好", "红色", REMIND, *ORDER[:2], REMIND, "3"],
        "reminder after a pause": ["红色", LATER, REMIND],
        "markup and noise": ["<b>你好</b>", "{size}", "😀😀", "你好" * 200, "a", "！", "\u200b", "?" * 50],
        "moods": ["你好！", "我要订货！", "大的！", "红色", "3", "是的！"],
        "long": [*(ORDER * 3), *ASIDES, *ORDER],
    }
    for position, aside in [*product((2,), ASIDES), *product((4,), ASIDES[:4])]:
        made[f"aside {aside} after {position}"] = [*ORDER[:position], aside, *ORDER[position:]]
    for first, second in (
        ("怎么用", "你好"),
        ("拒绝执行", "怎么用"),
        ("嗯嗯啊啊呃", "算了"),
        ("返回上一步", "红色"),
    ):
        made[f"two asides {first} {second}"] = [*ORDER[:2], first, second, *ORDER[2:]]
    return made

"""One sentence that fits how somebody feels; no flattery, no argument."""

from __future__ import annotations

import re

_FEELINGS: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "utter_feel_grief",
        re.compile(
            r"去世|走了.{0,4}(人|爸|妈|老伴)|难受得|哭|眼泪|绝望|憋屈|委屈|心酸|寒心|心里(头)?(那个)?(难受|苦|堵)"
        ),
    ),
    (
        "utter_feel_fear",
        re.compile(
            r"害怕|吓(人|死|坏|得)|不敢(出门|睡|走|回家|开门)|提心吊胆|太危险|瘆得慌|胆战心惊|担心(出事|孩子|老人)"
        ),
    ),
    (
        "utter_feel_angry",
        re.compile(
            r"气死|气炸|快爆炸|受够|忍无可忍|太(过分|欺负人|不像话|气人)|欺负人|凭什么|什么玩意|混蛋|王八|他妈|tmd|操|狗屁|废物|不要脸|缺德|逼死"
        ),
    ),
    (
        "utter_feel_tired",
        re.compile(
            r"睡不着|睡不好|没法睡|崩溃|受不了|折磨|神经衰弱|熬不住|扛不住|没法(住|过|活)|天天这样|多少(回|次|遍)了|跑了.{0,4}(趟|回|次)|推来推去|踢皮球|没人管"
        ),
    ),
)

_MORE_FEELING = re.compile(
    r"真(的)?|挺|特别|实在|太|好|说着(都)?|想|难过|伤心|生气|烦(死|透)?了?|心累|不知道(跟|和)谁说|没(处|地方)说|怎么办"
)


def acknowledgement(text: str) -> str | None:
    """The response that fits the feeling in ``text``, or None when it tells of none."""
    return next((response for response, words in _FEELINGS if words.search(text)), None)


def feelings_out(text: str) -> str:
    """``text`` without its words of feeling: 唉我真的挺难受的，说着都想哭 leaves next to nothing."""
    for _, words in _FEELINGS:
        text = words.sub("", text)
    return _MORE_FEELING.sub("", text)

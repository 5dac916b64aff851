"""How desks show things to staff: the city's time, how long somebody waits, numbers of people half hidden."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.clock import in_city
from bot.understanding.identifiers import find_identifiers
from bot.understanding.normalise import normalise

_SHORT = 8


def mask(text: str) -> str:
    """A text with the middle of phones, identity numbers and other numbers of people hidden: ``139****0001``."""
    said = normalise(text)
    parts: list[str] = []
    position = 0
    for found in find_identifiers(said.text):
        start, end = said.original_span(found.start, found.end)
        if found.kind == "service" or start < position:
            continue
        parts += [text[position:start], _hidden(text[start:end])]
        position = end
    return "".join([*parts, text[position:]])


def _hidden(number: str) -> str:
    return f"{number[:3]}****{number[-4:]}" if len(number) > _SHORT else f"****{number[-2:]}"


def city_time(moment: datetime) -> str:
    """``11月23日 15:04`` on the city's clocks."""
    local = in_city(moment)
    return f"{local.month}月{local.day}日 {local:%H:%M}"


def waited(since: datetime, at: datetime) -> str:
    """How long somebody has waited, in words."""
    minutes = max(at - since, timedelta()) // timedelta(minutes=1)
    if minutes < 1:
        return "不到 1 分钟"
    hours, rest = divmod(minutes, 60)
    if hours < 1:
        return f"{minutes} 分钟"
    days, left = divmod(hours, 24)
    return f"{days} 天 {left} 小时" if days else f"{hours} 小时 {rest} 分钟"

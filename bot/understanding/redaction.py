"""Hide who is meant and keep what is meant: for notes, lists of open questions, and anything that outlives a case."""

from __future__ import annotations

from bot.understanding.identifiers import find_identifiers
from bot.understanding.names import name_spans
from bot.understanding.normalise import normalise

_MARKS = {
    "mobile": "[电话]",
    "landline": "[电话]",
    "masked": "[电话]",
    "service": "",
    "identity": "[身份证号]",
    "bank_card": "[卡号]",
    "plate": "[车牌]",
    "email": "[邮箱]",
    "openid": "[账号]",
    "account": "[账号]",
    "digits": "[号码]",
}
_ROUNDS = 4


def redact(text: str) -> str:
    """``text`` with phones, identity and card numbers, plates, mail addresses, platform ids and names replaced by marks.

    Doing it twice changes nothing more. Public service numbers (400-...) stay.
    """
    for _ in range(_ROUNDS):
        hidden = _once(text)
        if hidden == text:
            break
        text = hidden
    return text


def _once(text: str) -> str:
    said = normalise(text)
    spans = [
        (number.start, number.end, _MARKS[number.kind])
        for number in find_identifiers(said.text)
        if _MARKS[number.kind]
    ]
    spans += [(start, end, "[姓名]") for start, end in name_spans(said.text)]
    if not spans:
        return text
    parts: list[str] = []
    position = 0
    for start, end, mark in sorted(spans):
        first, stop = said.original_span(start, end)
        if first < position:
            continue
        parts += [text[position:first], mark]
        position = stop
    parts.append(text[position:])
    return "".join(parts)

"""How pressing a matter is: S0 in danger, else what its leaf says, more for people in need of care."""

from __future__ import annotations

from collections.abc import Sequence

_ALONE = ("没人接", "联系不上", "一个人住")
_IN_NEED = frozenset({"老人", "病人", "婴幼儿"})


def urgency_of(usual: str, vulnerable: Sequence[str], text: str, *, danger: bool) -> str:
    """S0 only for a danger that is happening; else the leaf's own class, raised for people in need of care.

    Args:
        usual: The class of the leaf, S0 to S3.
        vulnerable: Who is concerned, as :func:`find_vulnerable` names them.
        text: The clean text.
        danger: Whether a danger was heard.
    """
    if danger:
        return "S0"
    if usual == "S0":
        return "S1"
    alone = _IN_NEED & set(vulnerable) and any(words in text for words in _ALONE)
    return "S1" if usual == "S2" and alone else usual

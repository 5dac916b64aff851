"""Say a chain as a place: which words to quote, how fine it is, its estate, road and point."""

from __future__ import annotations

import re

from bot.understanding.gazetteer import is_road_like
from bot.understanding.normalise import Normalised
from bot.understanding.place import grammar
from bot.understanding.place.model import Place, Precision
from bot.understanding.place.parts import Chain, Detail
from bot.understanding.place.resolve import Resolved

_VAGUE_WORDS = re.compile(
    r"附近|那边|那一带|一带|那块|某|周边|一个|一家|一处|一套|一所|(?<!十)一条|那家|那个"
)
_BUILDING = re.compile(r"号[楼院]|[栋幢座]")
_PAUSES = ",，、 "
_THAT = re.compile(r"[那这][个家条间所]")


def place_of(said: Normalised, chain: Chain, resolved: Resolved) -> Place:
    """The place that a resolved chain of ``said`` tells."""
    text = said.text
    start, end = _span(chain, text)
    words = text[start:end]
    return Place(
        text=said.quote(start, end),
        span=said.original_span(start, end),
        district=resolved.district,
        street=resolved.street,
        community=_first(chain, text, ("estate", "village")),
        road=_first(chain, text, ("road",)),
        point=_point(chain, text, end),
        precision=_precision(chain, words),
        district_source=resolved.district_source,
        street_source=resolved.street_source,
        candidates=resolved.candidates,
    )


def _precision(chain: Chain, words: str) -> Precision:
    # "南苑路边上那个服装城" can be found: the speaker means one, and the road or estate before it has a name.
    named = chain.fine and (
        any(detail.kind in {"estate", "village", "road"} for detail in chain.details)
        or any(detail.kind == "numbered" and _BUILDING.search(words) for detail in chain.details)
    )
    if _VAGUE_WORDS.search(_THAT.sub("", words) if named else words):
        return "vague"
    if (
        chain.details
        and re.search(r"的?(?:小区|公寓|村|院)$", words)
        and chain.details[-1].kind == "noun"
        and not _first(chain, words, ("estate",))
    ):
        return "vague"
    if not chain.details or all(detail.kind in {"area", "inside"} for detail in chain.details):
        return "area"
    return "specific"


def _first(chain: Chain, text: str, kinds: tuple[str, ...]) -> str | None:
    return next((text[d.start : d.end] for d in chain.details if d.kind in kinds), None)


def _point(chain: Chain, text: str, end: int) -> str | None:
    """From the first detail finer than estate and road to the end."""
    for number, detail in enumerate(chain.details):
        behind = [_BUILDING.search(text, later.start, later.end) for later in chain.details[number + 1 :]]
        if detail.kind in {"vague", "noun"} and any(behind):
            continue  # 那个在建的工地 3号楼: the building is finer
        if detail.kind not in {"estate", "village", "road", "area"}:
            crossing = text[detail.start] == "口" and text[detail.start - 1] in "路街"
            return text[detail.start - crossing : end].lstrip("的 ") or None
    return None


def _span(chain: Chain, text: str) -> tuple[int, int]:
    """Which words to quote: the finest part, with a district or street only where it is needed to be understood."""
    end = chain.end
    street, district, details = chain.street, chain.district, chain.details
    if not details:
        first = street or district
        return (first.start if first else chain.start), end
    if len(details) > 1 and details[0].kind == "area" and text[details[0].end] in _PAUSES:
        name = text[details[0].start : details[0].end]
        if text.startswith(name, details[1].start):
            details = details[1:]  # 旧宫，旧宫新苑南区
    first_detail = details[0]
    start = first_detail.start
    if street:
        return (
            start
            if chain.separated or _repeats(street.start, street.end, first_detail, text)
            else street.start
        ), end
    if district is None or chain.separated:
        return start, end
    if first_detail.kind in {"poi"} and grammar.GENERIC_POI.fullmatch(
        text, first_detail.start, first_detail.end
    ):
        return district.start, end
    if district.full:
        return start, end
    if any(detail.kind in {"estate", "village", "numbered"} for detail in details):
        return start, end
    if grammar.HERE_BEFORE.search(text[: chain.start]) and not text[start:end].endswith("站"):
        return district.start, end
    if is_road_like(text[start : first_detail.end]) or first_detail.kind in {
        "road",
        "poi",
        "estate",
        "village",
    }:
        return start, end
    return district.start, end


def _repeats(start: int, end: int, detail: Detail, text: str) -> bool:
    """Whether the detail begins with the street's own stem, so that naming the street again says nothing."""
    stem = re.sub(r"(?:街道办事处|街道办|办事处|街道|地区|镇|乡)$", "", text[start:end])
    stem = re.sub(r"[内外]$", "", stem)
    return len(stem) >= 2 and text.startswith(stem, detail.start)

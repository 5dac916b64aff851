"""From a chain of words to official names: which district, which street, and how sure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.understanding.gazetteer import Entry, Gazetteer, get_gazetteer, is_road_like
from bot.understanding.place.model import Source
from bot.understanding.place.parts import Chain
from bot.understanding.place.sounds import similar_street

LEAST_NAME = 3
"""Characters of a community's name that is no everyday word."""
_AROUND = re.compile(r"附近|周边|一带|那边|那片|那块")


@dataclass(frozen=True, slots=True)
class Resolved:
    """Official names of one chain with their sources."""

    district: str | None = None
    street: str | None = None
    district_source: Source | None = None
    street_source: Source | None = None
    candidates: tuple[tuple[str, str], ...] = ()


def resolve(chain: Chain, text: str, gazetteer: Gazetteer, also_said: str | None) -> Resolved:
    """Find district and street of ``chain``.

    Args:
        chain: As read from ``text``.
        text: The clean text.
        gazetteer: The city's names.
        also_said: A district mentioned elsewhere in the message ("朝阳区的，谢谢"), or None.
    """
    said = chain.district.entries[0].district if chain.district else None
    context = said or also_said
    if chain.street:
        return _with_street(chain, text, gazetteer, said, context)
    implied = _implied(chain, text)
    matching = [entry for entry in implied if context in (None, entry.district)]
    district = context
    source: Source | None = None
    if said:
        source = "said" if chain.district and chain.district.full else "inferred"
    elif also_said:
        source = "said"
    districts = _shared(chain, list(dict.fromkeys(entry.district for entry in matching)))
    if district is None and len(districts) == 1:
        district, source = districts[0], "inferred"
    elif district is None and districts:
        return Resolved(candidates=tuple((entry.district, entry.street or "") for entry in matching[:5]))
    streets = list(
        dict.fromkeys(entry.street for entry in matching if entry.district == district and entry.street)
    )
    candidates = tuple((district, street) for street in streets if district and street)[:5]
    if said and source == "inferred" and candidates:
        source = "said"
    if district and len(streets) == 1 and _settles(chain, text):
        return Resolved(district, streets[0], source, "inferred", ())
    return Resolved(district, None, source, None, candidates)


def _shared(chain: Chain, districts: list[str]) -> list[str]:
    """The one of ``districts`` that every known name of the chain may lie in, or all: 宋庄小堡村 is in 通州, not 延庆."""
    named = [
        {entry.district for entry in detail.entries if entry.kind != "elsewhere"} for detail in chain.details
    ]
    common = set(districts).intersection(*(known for known in named if known))
    return list(common) if len(common) == 1 else districts


def same_office(district: str, one: str, other: str) -> bool:
    """Whether two official names of ``district`` are one street's office: 西红门镇 and 西红门地区.

    :attr:`Place.street` always reads the name of ``streets.csv``; whoever compares it with another list asks here.
    """
    offices = [
        {
            entry.name
            for entry in get_gazetteer().meanings(name)
            if entry.kind == "street" and entry.district == district
        }
        for name in (one, other)
    ]
    return one == other or bool(offices[0] & offices[1])


def _with_street(
    chain: Chain, text: str, gazetteer: Gazetteer, said: str | None, context: str | None
) -> Resolved:
    street = chain.street
    assert street is not None  # noqa: S101 - the caller looked
    entries = street.entries
    guessed = False
    if not entries:
        similar = similar_street(text[street.start : street.end], gazetteer, context)
        if similar is None:
            return Resolved(said, None, "said" if chain.district and chain.district.full else "inferred")
        entries, guessed = (similar,), True
    fitting = [entry for entry in entries if context in (None, entry.district)]
    if len(fitting) == 1:
        entry = fitting[0]
        return Resolved(
            entry.district, entry.street, "said" if context else "inferred", "inferred" if guessed else "said"
        )
    options = tuple((entry.district, entry.street or "") for entry in (fitting or entries))
    if fitting and context:
        return Resolved(context, fitting[0].street, "said", "ambiguous", options)
    if context:
        # What was said contradicts itself: keep the district that was said, and let the dialogue ask.
        return Resolved(context, None, "ambiguous", "ambiguous", ((context, ""), *options))
    return Resolved(None, entries[0].street, None, "ambiguous", options)


def _implied(chain: Chain, text: str) -> list[Entry]:
    """Entries of the details that tell a street or district, the surest first."""
    found: list[Entry] = []
    for detail in chain.details:
        entries = [entry for entry in detail.entries if entry.kind != "elsewhere"]
        if any(entry.kind in {"area", "landmark", "road", "street_stem"} for entry in entries):
            entries = [entry for entry in entries if entry.kind != "community"]
        if is_road_like(text[detail.start : detail.end]):
            entries = [
                Entry(e.name, "road", e.district)
                for e in entries
                if e.kind in {"road", "area", "street_stem"}
            ]
        found += entries
    return sorted(found, key=lambda entry: entry.street is None)


def _settles(chain: Chain, text: str) -> bool:
    """Whether the chain is fine enough for a street to follow from a short name in it.

    "东小口芸窗里小区" is in 东小口; "东小口那边一个店" or a bare "东小口" may lie in any of its neighbours.
    """
    last_named = max((i for i, d in enumerate(chain.details) if any(e.street for e in d.entries)), default=-1)
    if last_named < 0:
        return False
    named = chain.details[last_named]
    kinds = {entry.kind for entry in named.entries if entry.street}
    if chain.vague:  # "白堆子社区4号楼旁边那个垃圾站" and "管庄东里那条路" lie where the community does
        around = _AROUND.search(text, named.end, chain.end)
        return kinds == {"community"} and named.end - named.start >= LEAST_NAME and around is None
    if kinds & {"landmark", "community"} and "street_stem" not in kinds:
        return True
    behind = chain.details[last_named + 1 :]
    if any(
        detail.kind in {"estate", "village", "numbered", "road"}
        or (detail.kind == "poi" and detail.end - detail.start > 3)
        for detail in behind
    ):
        return not any(detail.kind == "relation" and detail.start == named.end for detail in behind)
    return False

"""The names that a gazetteer knows, where they stand in one text."""

from __future__ import annotations

import re
from collections.abc import Iterable

from bot.understanding.gazetteer import Gazetteer, Hit, Kind
from bot.understanding.place import grammar
from bot.understanding.place.everyday import without_everyday
from bot.understanding.place.parts import Admin, Detail

_CUT = re.compile(r"(?<=[东西]四)环|(?<=亦庄|房山|昌平|大兴)线(?=[一-龥]{1,7}站)")
"""What makes another name of a short one before it: 东四环 is no part of 东四, 亦庄线次渠站 not in 亦庄."""
_CORNER = re.compile("[东西][南北]口")
"""A way out of a station, not 南口 in 昌平."""
_NO_ROAD = re.compile("[灯面边旁上下]")
"""Behind a stem and 路: 朝阳路灯坏了 is 朝阳, 路灯."""


class Names:
    """Known names by where they begin.

    Args:
        text: The clean text.
        hits: All gazetteer names in it.
        gazetteer: Where they come from.
    """

    def __init__(self, text: str, hits: Iterable[Hit], gazetteer: Gazetteer) -> None:
        self.text = text
        self.gazetteer = gazetteer
        self.hits: dict[int, list[Hit]] = {}
        for hit in without_everyday(list(hits), text, gazetteer):
            if not _CUT.match(text, hit.end) and not _CORNER.fullmatch(text, max(0, hit.start - 1), hit.end):
                self.hits.setdefault(hit.start, []).append(hit)
        for found in self.hits.values():
            found.sort(key=lambda hit: -hit.end)

    def known(self, position: int, kinds: frozenset[Kind], *, shortest: int = 2) -> Hit | None:
        """The longest gazetteer name of one of ``kinds`` at ``position``."""
        for hit in self.hits.get(position, ()):
            if hit.end - hit.start < shortest:
                continue
            entries = tuple(entry for entry in hit.entries if entry.kind in kinds)
            if entries:
                return Hit(hit.start, hit.end, entries)
        return None

    def district_at(self, position: int) -> Admin | None:
        """A district at ``position``, in full or by its stem."""
        full = self.known(position, frozenset({"district"}))
        if full:
            return Admin(full.start, full.end, full.entries, full=True)
        stem = self.known(position, frozenset({"district_stem"}))
        if stem and not grammar.NOT_A_DISTRICT.match(self.text, position):
            return Admin(stem.start, stem.end, stem.entries, full=False)
        return None

    def own_district_at(self, position: int) -> Admin | None:
        """As :meth:`district_at`, but not where the stem only begins a longer name: 朝阳公园, 朝阳路."""
        district = self.district_at(position)
        kinds: frozenset[Kind] = frozenset({"area", "landmark", "road", "street"})
        longer = self.known(position, kinds, shortest=3)
        if not district or district.full or not longer:
            return district
        if longer.end == district.end + 1:
            road = all(entry.kind == "road" for entry in longer.entries)
            return None if road and not _NO_ROAD.match(self.text, longer.end) else district
        return None if self.whole(longer, district) else district

    def street_at(self, position: int) -> Admin | None:
        """A street, town or zone at ``position`` in a full form."""
        hit = self.known(position, frozenset({"street"}))
        return Admin(hit.start, hit.end, hit.entries, full=True) if hit else None

    def stem_at(self, position: int) -> Admin | None:
        """The stem of a street at ``position``."""
        hit = self.known(position, frozenset({"street_stem"}))
        return Admin(hit.start, hit.end, hit.entries, full=False) if hit else None

    def ends_known(self, start: int, end: int) -> bool:
        """Whether the words from ``start`` to ``end`` end in a known name of three characters or more."""
        kinds: frozenset[Kind] = frozenset({"landmark", "community"})
        return any(
            (hit := self.known(at, kinds, shortest=3)) is not None and hit.end == end
            for at in range(start + 1, end - 2)
        )

    def begins_a_name(self, position: int) -> bool:
        """Whether a known name of three characters or more begins at ``position``."""
        kinds: frozenset[Kind] = frozenset({"area", "landmark", "road", "community", "street_stem"})
        return self.known(position, kinds, shortest=3) is not None

    def whole(self, longer: Hit, district: Admin) -> bool:
        """Whether a longer name swallows the district's stem (丰台北路, 朝阳公园), not just follows it."""
        rest = self.text[district.end : longer.end]
        return not any(
            hit.end == longer.end and any(entry.kind != "community" for entry in hit.entries)
            for hit in self.hits.get(district.end, ())
        ) or rest in {"北路", "南路"}

    @staticmethod
    def of_street(behind: Detail | None, area: Detail) -> bool:
        """Whether something known lies in a street that ``area`` is short for."""
        streets = {entry.street for entry in area.entries if entry.street}
        return behind is not None and any(entry.street in streets for entry in behind.entries)

    def may_have_inside(self, previous: Detail) -> bool:
        """Whether 里 or 下 behind ``previous`` belongs to it: 超市里, 立交桥下."""
        word = self.text[previous.start : previous.end]
        return not word.endswith("天桥") and word.endswith(
            ("站", "场", "室", "厕所", "店", "馆", "城", "厅", "桥", "楼", "地", "超市", "便道")
        )

    def community_of(self, part: Hit) -> bool:
        """Whether a known community of the very street that ``part`` is short for stands right behind it: 团结湖, 中路北社区."""
        behind = self.known(part.end, frozenset({"community"}), shortest=4)
        streets = {entry.street for entry in part.entries if entry.kind == "street_stem"}
        return behind is not None and any(entry.street in streets for entry in behind.entries)

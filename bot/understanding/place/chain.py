"""Read an address as a chain: district, street, then ever finer details, each behind the last."""

from __future__ import annotations

import re
from collections.abc import Iterable

from bot.understanding.gazetteer import Gazetteer, Hit, Kind, is_road_like
from bot.understanding.place import grammar
from bot.understanding.place.everyday import without_everyday
from bot.understanding.place.naming import named
from bot.understanding.place.parts import Admin, Chain, Detail, DetailKind
from bot.understanding.place.sounds import similar_street

_QUARTERED: frozenset[str] = frozenset({"estate", "village", "area", "road", "numbered"})
_POINTING = re.compile(r"[那这]个|[那这][边儿]的")
_PAUSE = re.compile(r"[，,、 ]+")
_APART = re.compile(r"(?:里头?)?的?[，,、 ]+")
_HOUSE = re.compile(r"号[楼院]|[栋幢座]|单元|#")
_LOOSE = re.compile(r"那边|一带|那片|那块")


class Reader:
    """Reads chains out of one text.

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

    # --- district and street --------------------------------------------------------------------------
    def district_at(self, position: int) -> Admin | None:
        """A district at ``position``, in full or by its stem."""
        full = self.known(position, frozenset({"district"}))
        if full:
            return Admin(full.start, full.end, full.entries, full=True)
        stem = self.known(position, frozenset({"district_stem"}))
        if stem and not grammar.NOT_A_DISTRICT.match(self.text, position):
            return Admin(stem.start, stem.end, stem.entries, full=False)
        return None

    def street_at(self, position: int) -> Admin | None:
        """A street, town or zone at ``position`` in a full form."""
        hit = self.known(position, frozenset({"street"}))
        return Admin(hit.start, hit.end, hit.entries, full=True) if hit else None

    def stem_at(self, position: int) -> Admin | None:
        """The stem of a street at ``position``."""
        hit = self.known(position, frozenset({"street_stem"}))
        return Admin(hit.start, hit.end, hit.entries, full=False) if hit else None

    # --- one chain ------------------------------------------------------------------------------------
    def chain_at(self, position: int) -> Chain | None:
        """The address that starts at ``position``, or None when nothing does."""
        text = self.text
        position = self._over_naming(position)
        start = position
        named = self.known(position, frozenset({"area", "landmark", "road", "street"}), shortest=3)
        if text.startswith("北京", position) and named is None:
            position += 3 if text.startswith("北京市", position) else 2
        part = self.known(position, frozenset({"area", "landmark", "street_stem"}))
        if part and self.street_at(part.end) and not self.district_at(position):
            return None  # 亦庄荣华街道: the street tells more than the part of town before it
        chain = Chain(start, position)
        longer = self.known(position, frozenset({"area", "landmark", "road", "street"}), shortest=3)
        district = self.district_at(position)
        if (
            district
            and not district.full
            and longer
            and longer.end > district.end + 1
            and self._whole(longer, district)
        ):
            district = None
        if district:
            chain.district = district
            chain.start = district.start
            position = chain.end = district.end
            position = self._over_filler(position)
        street = (
            self.street_at(position)
            or self._unknown_street(position, chain)
            or self._stem_here(position, chain)
        )
        if street:
            chain.street = street
            if not chain.district:
                chain.start = street.start
            position = chain.end = street.end
            following = self._over_filler(position)
            chain.separated = bool(
                re.search(r"[,，、;；:：\s]|这边|那边|这块|这片", text[position:following])
            )
            position = following
        elif chain.district:
            chain.separated = bool(re.search(r"[,，、;；:：\s]|这边|那边", text[chain.end : position]))
        self._details(chain, position)
        if not chain.district and not chain.street and not chain.details:
            return None
        return chain

    def _whole(self, longer: Hit, district: Admin) -> bool:
        """Whether a longer name swallows the district's stem (丰台北路, 朝阳公园), not just follows it."""
        rest = self.text[district.end : longer.end]
        return not any(
            hit.end == longer.end and any(entry.kind != "community" for entry in hit.entries)
            for hit in self.hits.get(district.end, ())
        ) or rest in {"北路", "南路"}

    def _over_filler(self, position: int) -> int:
        found = grammar.FILLER.match(self.text, position)
        return self._over_naming(found.end() if found else position)

    def _over_naming(self, position: int) -> int:
        """Behind "小区叫" and the like, where they stand at ``position``."""
        found = grammar.NAMING.match(self.text, position)
        if found is None or (found["is"] and found.end() not in self.hits):
            return position  # 小区是老小区 names none
        return found.end()

    def _unknown_street(self, position: int, chain: Chain) -> Admin | None:
        """A street's name that is not in the list, right behind a district: a slip of the pen or of the ear."""
        found = grammar.UNKNOWN_STREET.match(self.text, position)
        if not chain.district and not (found and found[0].endswith("街道") and self._begins(position)):
            return None
        if not chain.district and found and similar_street(found[0], self.gazetteer, None) is None:
            return None
        return Admin(found.start(), found.end(), (), full=True) if found else None

    def _begins_a_name(self, position: int) -> bool:
        """Whether a known name of three characters or more begins at ``position``."""
        kinds: frozenset[Kind] = frozenset({"area", "landmark", "road", "community", "street_stem"})
        return self.known(position, kinds, shortest=3) is not None

    def _begins(self, position: int) -> bool:
        """Whether a clause begins at ``position``."""
        return position == 0 or self.text[position - 1] in ",，。!！;；:： \n在住是"

    def _stem_here(self, position: int, chain: Chain) -> Admin | None:
        """A stem that is said to be the surroundings of what follows, as in "大兴黄村这边，..."."""
        stem = self.stem_at(position) if chain.district else None
        if stem and re.match(
            r"(?:这边|这块|这片|这儿|这里)[,，\s]*[一-龥]", self.text[stem.end : stem.end + 6]
        ):
            return stem
        return None

    def _details(self, chain: Chain, position: int) -> None:
        while True:
            detail = self._next(chain, position)
            if detail is None:
                return
            chain.details.append(detail)
            position = chain.end = detail.end
            if detail.kind == "vague" and len(chain.details) > 8:
                return

    def _next(self, chain: Chain, position: int) -> Detail | None:
        text = self.text
        previous = chain.details[-1] if chain.details else None
        if (
            previous
            and previous.kind == "area"
            and (pointing := _POINTING.match(text, position))
            and (known := self.known(pointing.end(), frozenset({"community"}), shortest=3))
        ):
            return named(text, known, known.start, anchored=True)  # 西红门那个金华园
        if previous is not None or chain.street or chain.district:
            if followed := self._follow(chain, position, previous):
                return followed
            if (
                previous
                and text.startswith(" ", position)
                and (found := grammar.NUMBERED.match(text, position + 1))
            ):
                return Detail(position + 1, found.end(), "numbered")
        if previous and previous.kind in {"vague", "noun", "inside", "numbered"}:
            return None
        if previous and previous.kind == "area" and (pause := _PAUSE.match(text, position)):
            behind = self._named(pause.end(), anchored=True)  # 丰台马家堡 角门东里; 常营，苹果派小区
            if pause.group() != " ":
                return behind if self._of_street(behind, previous) else None
            return behind if behind is not None and behind.kind in {"estate", "village", "road"} else None
        if previous and previous.kind in {"estate", "village"} and (pause := _APART.match(text, position)):
            found = grammar.NUMBERED.match(text, pause.end())  # 芳古园二区的，7号楼; 7号 alone may be a day
            house = found and _HOUSE.search(found[0])
            return Detail(pause.end(), found.end(), "numbered") if found and house else None
        if position > 0 and previous is None and chain.district is None and chain.street is None:
            return self._named(position, anchored=False)
        if previous and previous.kind in {"estate", "village", "poi"} and not self._more_behind(position):
            return None
        return self._named(position, anchored=True)

    def _more_behind(self, position: int) -> bool:
        found = grammar.POI.match(self.text, position) or grammar.ROAD.match(self.text, position)
        found = found or grammar.ESTATE.match(self.text, position)
        return bool(found and found.end() - found.start() >= 3)

    def _follow(self, chain: Chain, position: int, previous: Detail | None) -> Detail | None:
        """Parts that need something before them."""
        text = self.text
        joins = previous is not None and previous.kind in {"road", "area", "poi", "relation"}
        if joins and (found := grammar.JUNCTION.match(text, position)):
            return Detail(position, found.end(), "junction")
        if previous and text.startswith(("到", "至"), position):
            target = self.known(position + 1, frozenset({"area", "landmark", "street_stem"}))
            if target:
                return Detail(position, target.end, "junction")
        if found := grammar.VAGUE.match(text, position):
            return Detail(position, found.end(), "vague")
        begins_a_name = previous is None and self._begins_a_name(position)  # 朝阳区八里庄 has no 八里
        if not begins_a_name and (found := grammar.NUMBERED.match(text, position)):
            return Detail(position, found.end(), "numbered")
        quartered = previous is not None and previous.kind in _QUARTERED
        if quartered and (found := grammar.QUARTER.match(text, position)):
            return Detail(position, found.end(), "numbered")
        if (
            previous
            and previous.kind == "numbered"
            and (found := grammar.AFTER_BUILDING.match(text, position))
        ):
            return Detail(position, found.end(), "numbered")
        if previous or chain.street:
            if found := grammar.RELATION.match(text, position):
                return Detail(position, found.end(), "relation")
            fits = previous is not None and previous.kind != "relation" and self._inside_fits(previous)
            if fits and (found := grammar.INSIDE.match(text, position)):
                return Detail(position, found.end(), "inside")
            if text.startswith("的", position) and (found := grammar.VAGUE.match(text, position + 1)):
                return Detail(position, found.end(), "vague")
            found = grammar.OF_NOUN.match(text, position)
            if found and not (self._called(previous) and grammar.NAMED_SO.fullmatch(found[0])):
                return Detail(position, found.end(), "noun")
        if previous and previous.kind == "relation":
            behind = position + 1 if text.startswith("的", position) else position
            if found := grammar.VAGUE.match(text, behind):
                return Detail(position, found.end(), "vague")
            if behind > position and (named := self._named(behind, anchored=True)):
                return Detail(position, named.end, named.kind, named.entries)
            if not _LOOSE.search(text, previous.start, previous.end) and (
                found := grammar.NEAR_NOUN.match(text, position)
            ):
                return Detail(position, found.end(), "noun")
        if previous is None and position < len(text):
            offset = 1 if text[position] == "有" else 0
            if offset and (found := grammar.VAGUE.match(text, position + offset)):
                chain.separated = True
                return Detail(position + offset, found.end(), "vague")
        return None

    def _named(self, position: int, *, anchored: bool) -> Detail | None:
        """A named thing at ``position``; ``anchored`` behind something else of the address."""
        known = self.known(position, frozenset({"area", "landmark", "road", "community", "street_stem"}))
        if known and self._community_of(known):
            kind: DetailKind = "road" if is_road_like(self.text[known.start : known.end]) else "area"
            return Detail(known.start, known.end, kind, known.entries)
        return named(self.text, known, position, anchored=anchored)

    @staticmethod
    def _of_street(behind: Detail | None, area: Detail) -> bool:
        """Whether something known lies in a street that ``area`` is short for."""
        streets = {entry.street for entry in area.entries if entry.street}
        return behind is not None and any(entry.street in streets for entry in behind.entries)

    def _community_of(self, part: Hit) -> bool:
        """Whether a known community of the very street that ``part`` is short for stands right behind it: 团结湖, 中路北社区."""
        behind = self.known(part.end, frozenset({"community"}), shortest=4)
        streets = {entry.street for entry in part.entries if entry.kind == "street_stem"}
        return behind is not None and any(entry.street in streets for entry in behind.entries)

    def _called(self, previous: Detail | None) -> bool:
        """Whether ``previous`` is a name behind 叫: of "一个叫X的小区" the place is X."""
        return previous is not None and self.text[: previous.start].endswith(("叫", "叫做"))

    def _inside_fits(self, previous: Detail) -> bool:
        word = self.text[previous.start : previous.end]
        return not word.endswith("天桥") and word.endswith(
            ("站", "场", "室", "厕所", "店", "馆", "城", "厅", "桥", "楼", "地", "超市", "便道")
        )

"""Read an address as a chain: district, street, then ever finer details, each behind the last."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace

from bot.understanding.gazetteer import Gazetteer, Hit, is_road_like
from bot.understanding.place import grammar
from bot.understanding.place.known import Names
from bot.understanding.place.naming import named
from bot.understanding.place.parts import Admin, Chain, Detail, DetailKind
from bot.understanding.place.sounds import similar_street
from bot.understanding.place.unlisted import goes_on, is_name, told_at

_QUARTERED: frozenset[str] = frozenset({"estate", "village", "area", "road", "numbered"})
_POINTING = re.compile(r"[那这]个|[那这][边儿]的")
_PAUSE = re.compile(r"[，,、 ]+")
_APART = re.compile(r"(?:里头?)?的?[，,、 ]+")
_HOUSE = re.compile(r"号[楼院]|[栋幢座排楼]|单元|#|\d-\d")
_SAID_AGAIN = re.compile(r"[，,、 ]{0,2}(?:就?[是在])?")
_MOST_AGAIN = 3
_OFFICES = ("政府", "派出所", "卫生", "中心", "文化", "医院")
_LOOSE = re.compile(r"那边|一带|那片|那块")


class Reader(Names):
    """Reads chains out of one text.

    Args:
        text: The clean text.
        hits: All gazetteer names in it.
        gazetteer: Where they come from.
        asked: The text answers "where?", so a name that no list has is taken for one.
    """

    def __init__(self, text: str, hits: Iterable[Hit], gazetteer: Gazetteer, *, asked: bool = False) -> None:
        super().__init__(text, hits, gazetteer)
        self.asked = asked

    # --- one chain ------------------------------------------------------------------------------------
    def chain_at(self, position: int) -> Chain | None:
        """The address that starts at ``position``, or None when nothing does."""
        text = self.text
        begins, position = position, self._over_naming(position)
        start = position
        named = self.known(position, frozenset({"area", "landmark", "road", "street"}), shortest=3)
        if text.startswith("北京", position) and named is None:
            position += 3 if text.startswith("北京市", position) else 2
        part = self.known(position, frozenset({"area", "landmark", "street_stem"}))
        if part and self.street_at(part.end) and not self.district_at(position):
            return None  # 亦庄荣华街道: the street tells more than the part of town before it
        chain = Chain(start, position, told=start > begins)
        if district := self.own_district_at(position):
            chain.district = district = self._last_again(district, self.own_district_at)
            chain.start, chain.end = district.start, district.end
            position = self._over_filler(district.end)
        street = (
            self.street_at(position)
            or self._unknown_street(position, chain)
            or self._stem_here(position, chain)
        )
        if street:
            street = self._last_again(street, self.street_at) if street.entries else street
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

    def _last_again(self, admin: Admin, find: Callable[[int], Admin | None]) -> Admin:
        """The last of one name said over and over: of 通州，在通州梨园镇 the second 通州."""
        for _ in range(_MOST_AGAIN):
            behind = _SAID_AGAIN.match(self.text, admin.end)
            again = find(behind.end()) if behind else None
            if again is None or again.entries[0].name != admin.entries[0].name:
                break
            if self.text.startswith(_OFFICES, again.end):
                break  # 溪翁庄镇，溪翁庄镇政府
            admin = replace(again, full=admin.full or again.full)
        return admin

    def _over_filler(self, position: int) -> int:
        found = grammar.FILLER.match(self.text, position)
        return self._over_naming(found.end() if found else position)

    def _over_naming(self, position: int) -> int:
        """Behind "小区叫" and the like, where they stand at ``position``."""
        found = grammar.NAMING.match(self.text, position)
        if found is None or (found["is"] and not self._names_it(found.end())):
            return position  # 小区是老小区 names none
        return found.end()

    def _names_it(self, position: int) -> bool:
        """Whether what stands at ``position`` is a name, known or not: 那个小区是御景澜山."""
        name = self.text[position:].split("，", 1)[0].split(",", 1)[0]
        return position in self.hits or (self.asked and is_name(name))

    def _unknown_street(self, position: int, chain: Chain) -> Admin | None:
        """A street's name that is not in the list, right behind a district: a slip of the pen or of the ear."""
        found = grammar.UNKNOWN_STREET.match(self.text, position)
        if not chain.district and not (found and found[0].endswith("街道") and self._begins(position)):
            return None
        if not chain.district and found and similar_street(found[0], self.gazetteer, None) is None:
            return None
        return Admin(found.start(), found.end(), (), full=True) if found else None

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
        if pointed := self._pointed_at(chain, position, previous):
            return pointed
        if previous is not None or chain.street or chain.district:
            if followed := self._follow(chain, position, previous):
                return followed
            if (
                previous
                and text.startswith(" ", position)
                and (found := grammar.NUMBERED.match(text, position + 1))
            ):
                return Detail(position + 1, found.end(), "numbered")
        if previous and previous.kind == "numbered" and (found := grammar.ROOM_APART.match(text, position)):
            return Detail(position, found.end(), "numbered")  # 5号楼，在402
        if previous and previous.kind in {"vague", "noun", "inside", "numbered"}:
            return None
        if previous and previous.kind == "area" and (pause := _PAUSE.match(text, position)):
            return self._behind_area(previous, pause.end(), loose=pause.group() == " ")
        if previous and previous.kind in {"estate", "village"} and (pause := _APART.match(text, position)):
            return self._behind_estate(pause.end())
        alone = previous is None and chain.district is None and chain.street is None
        if alone:
            if house := grammar.HOUSE_ALONE.match(text, position):
                return Detail(position, house.end(), "numbered")
            first = self._named(position, anchored=position == 0)
            return self._or_told(chain, position, first, anchored=False)
        if previous and previous.kind in {"estate", "village", "poi"} and not self._more_behind(position):
            return None
        behind = self._named(position, anchored=True)
        return (
            self._or_told(chain, position, behind) if previous is None or previous.kind == "area" else behind
        )

    def _or_told(
        self, chain: Chain, position: int, best: Detail | None, *, anchored: bool = True
    ) -> Detail | None:
        """``best``, or the name that no list has where that is longer or nothing else is there."""
        told = told_at(self.text, position, asked=self.asked, anchored=anchored)
        if told is None or self.district_at(position):
            return best
        if not anchored and self.ends_known(position, told.end):
            return best  # 龙湖好望山: the list has 好望山
        goes = best is None or goes_on(self.text, best, told)
        if goes or (best and best.end == told.end):
            chain.told = chain.told or not chain.details
        return told if goes or (best and best.kind == "water") else best

    def _pointed_at(self, chain: Chain, position: int, previous: Detail | None) -> Detail | None:
        """A name or house behind "that": 西红门那个金华园, 和平里街道那个安德路社区那个21号楼."""
        pointing = _POINTING.match(self.text, position)
        if pointing is None:
            return None
        at = pointing.end()
        if previous is None and (chain.street or chain.district):
            known = self.known(at, frozenset({"community", "area", "landmark"}), shortest=3)
            return self._named(at, anchored=True) if known else None
        if previous and previous.kind == "area":
            known = self.known(at, frozenset({"community"}), shortest=3)
            return named(self.text, known, at, anchored=True) if known else None
        return self._house(at) if previous and previous.kind in {"estate", "village"} else None

    def _behind_area(self, area: Detail, at: int, *, loose: bool) -> Detail | None:
        """What a pause keeps apart from a part of town: 丰台马家堡 角门东里; 常营，苹果派小区."""
        at = self._over_naming(at)
        behind = self._named(at, anchored=True)
        fits = behind is not None and behind.kind in {"estate", "village", "road"}
        if (fits and loose) or self.of_street(behind, area):
            return behind
        if self.asked and behind is None:
            return told_at(self.text, at, asked=True, anchored=True)
        return behind if self.asked and fits and behind and not behind.entries else None

    def _behind_estate(self, at: int) -> Detail | None:
        """A house, quarter or gate in the clause behind an estate: 清河嘉园，东区2号楼; 饶乐府村，村口."""
        if house := self._house(at):
            return house
        quarter = grammar.QUARTER.match(self.text, at)
        if quarter and self._house(quarter.end()):
            return Detail(at, quarter.end(), "numbered")
        if found := grammar.GATE.match(self.text, at):
            return Detail(at, found.end(), "relation")
        return None

    def _house(self, at: int) -> Detail | None:
        """A house at ``at``; a bare 7号 may be a day."""
        found = grammar.NUMBERED.match(self.text, at) or grammar.DASHED.match(self.text, at)
        return Detail(at, found.end(), "numbered") if found and _HOUSE.search(found[0]) else None

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
        begins_a_name = previous is None and self.begins_a_name(position)  # 朝阳区八里庄 has no 八里
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
            fits = previous is not None and previous.kind != "relation" and self.may_have_inside(previous)
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
        if known and self.community_of(known):
            kind: DetailKind = "road" if is_road_like(self.text[known.start : known.end]) else "area"
            return Detail(known.start, known.end, kind, known.entries)
        return named(self.text, known, position, anchored=anchored)

    def _called(self, previous: Detail | None) -> bool:
        """Whether ``previous`` is a name behind 叫: of "一个叫X的小区" the place is X."""
        return previous is not None and self.text[: previous.start].endswith(("叫", "叫做"))

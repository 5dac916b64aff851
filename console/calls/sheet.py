"""The form a clerk decides on, as values (pure): made of a draft, read from what was typed, told to whoever judges it."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.calls.model import Draft, Part, PartTold, Told
from bot.cases import CaseDraft
from bot.intake.text import clean

MOST = 10
"""Matters of one call that the form takes."""
FIELDS = 9 * MOST + 20
"""Fields of a whole form, at most."""
_LONGEST = 4000
_SHORT = 200
_PHONE = re.compile(r"[\d+*#()（）转 —-]{3,40}")
_CODE = re.compile(r"[0-9]{6}(?![0-9])")
_AREA = re.compile(r"(?:街道|地区|镇|乡|区)$")


@dataclass(frozen=True, slots=True)
class Matter:
    """One matter as it stands in the form.

    Attributes:
        content: The matter.
        place: Where, in words.
        occurred: When, in words.
        category: The code chosen among the likely ones, or empty: judged from the words.
        code: Another category, typed: its code, whatever stands behind it; goes before ``category``.
        take: It is to be a case.
        seen: Where it was shown to go, see :func:`destination_of`; empty: nowhere yet.
        judged: What was made of exactly these words, or None.
    """

    content: str = ""
    place: str = ""
    occurred: str = ""
    category: str = ""
    code: str = ""
    take: bool = True
    seen: str = ""
    judged: Part | None = None

    @property
    def told(self) -> PartTold:
        """For whoever judges."""
        return PartTold(self.content, self.place, self.occurred, self.chosen or None)

    @property
    def begun(self) -> bool:
        """Whether anything was written or judged of it."""
        return bool(self.content or self.place or self.occurred or self.code or self.seen)

    @property
    def chosen(self) -> str:
        """The category that was chosen, or empty; what was typed and is no code stays as it is."""
        code = _CODE.match(self.code)
        return code[0] if code else self.code or self.category


@dataclass(frozen=True, slots=True)
class Sheet:
    """The form.

    Attributes:
        matters: At least one; the last may be empty.
        phone: Where the citizen can be reached.
        name: What the citizen is called.
        anonymous: No identity is to be kept.
        confidential: Identity is hidden from the unit.
    """

    matters: tuple[Matter, ...] = field(default=(Matter(),))
    phone: str = ""
    name: str = ""
    anonymous: bool = False
    confidential: bool = False

    def told(self, at: datetime) -> Told:
        """For whoever judges: all matters with words, also those that are to be no case."""
        parts = tuple(one.told for one in self.matters if one.content)
        return Told(
            words="。".join(part.content for part in parts),
            at=at,
            phone=self.phone or None,
            parts=parts,
            name=self.name or None,
            anonymous=self.anonymous,
            confidential=self.confidential,
        )

    def says_same(self, other: Sheet) -> bool:
        """Whether two forms tell the same, whatever of it is to be a case."""
        return _told(self) == _told(other)

    def with_words(self) -> Sheet:
        """Without matters that have no words."""
        return replace(self, matters=tuple(one for one in self.matters if one.content))


def sheet_of(draft: Draft | None, caller: str | None, left: Collection[int] = ()) -> Sheet:
    """The form of a draft; without one, of an empty matter.

    Args:
        draft: What was made of the call.
        caller: The number that called: what the form begins with when there is nothing else.
        left: Numbers of the matters, from 0, that are to be no case.
    """
    if draft is None or not draft.parts:
        return Sheet(phone=caller or "")
    first = draft.parts[0].case
    return Sheet(
        matters=tuple(
            Matter(
                content=_text(part.case.content, _LONGEST),
                place=_text(place_of(part.case), _SHORT),
                occurred=_text(part.occurred or "", _SHORT),
                category=(part.case.category or "") if part.case.category_set_by == "person" else "",
                take=number not in left,
                seen=destination_of(part.case),
                judged=part,
            )
            for number, part in enumerate(draft.parts)
        ),
        phone=first.contact_phone or "",
        name=first.contact_name or "",
        anonymous=first.anonymous,
        confidential=first.confidential,
    )


def read_sheet(form: Mapping[str, str]) -> Sheet:
    """The form as a browser sends it; nothing in it is believed to be whole."""
    sent = [_matter(form, number) for number in range(MOST) if f"content.{number}" in form]
    return Sheet(
        matters=tuple(one for one in sent if one.begun) or (Matter(),),
        phone=_text(form.get("phone", ""), _SHORT),
        name=_text(form.get("name", ""), _SHORT),
        anonymous="anonymous" in form,
        confidential="confidential" in form,
    )


def judged_as_before(typed: Sheet, stored: Sheet) -> Sheet:
    """What was typed, with what was made of it shown beside those matters that were not changed."""
    known = {(_words(one.told), one.seen): one.judged for one in stored.matters}
    return replace(
        typed,
        matters=tuple(replace(one, judged=known.get((_words(one.told), one.seen))) for one in typed.matters),
    )


def problem_of(sheet: Sheet, codes: Collection[str], *, to_file: bool) -> str | None:
    """Why nothing can be made of the form, in a sentence for the clerk, or None.

    Args:
        sheet: The form.
        codes: Codes of the catalogue's leaves.
        to_file: It is to be filed, not only judged.
    """
    for number, one in enumerate(sheet.matters, 1):
        which = f"第 {number} 件" if len(sheet.matters) > 1 else ""
        if one.take and one.begun and not one.content:
            return f"请写下{which}诉求内容" + (f"，或取消登记{which}。" if which else "。")
        if one.content and one.chosen and one.chosen not in codes:
            return f"分类目录里没有“{one.chosen}”，请从列表里选择{which or '一个'}分类。"
    if not any(one.content for one in sheet.matters):
        return "请先写下诉求内容。"
    if to_file and not any(one.take and one.content for one in sheet.matters):
        return "请至少勾选一件要登记的事；都不登记请选“不立案”。"
    if sheet.phone and not sheet.anonymous and _PHONE.fullmatch(sheet.phone) is None:
        return "联系电话里有不是号码的内容，请检查。"
    return None


def destination_of(case: CaseDraft) -> str:
    """Where a case would go: what a clerk has seen before confirming."""
    return f"{case.dispatch_kind or ''}|{case.lead_unit_id or ''}|{case.lead_unit or ''}"


def place_of(case: CaseDraft) -> str:
    """Where, in words: district and street before what was said, without saying anything twice."""
    said = case.place_text or ""
    names = [name for name in (case.district, case.street) if name and not _says(said, name)]
    return "".join([*names, said])


def _says(said: str, name: str) -> bool:
    stem = _AREA.sub("", name)
    return name in said or re.search(rf"{re.escape(stem)}(?:街道|地区|镇|乡|区)", said) is not None


def _matter(form: Mapping[str, str], number: int) -> Matter:
    def told(name: str, longest: int = _SHORT) -> str:
        return _text(form.get(f"{name}.{number}", ""), longest)

    return Matter(
        content=told("content", _LONGEST),
        place=told("place"),
        occurred=told("occurred"),
        category=told("category"),
        code=told("code"),
        take=f"take.{number}" in form,
        seen=told("seen"),
    )


def _told(sheet: Sheet) -> object:
    who = (sheet.anonymous, sheet.confidential) + (() if sheet.anonymous else (sheet.phone, sheet.name))
    return who, [_words(one.told) for one in sheet.matters if one.content]


def _words(told: PartTold) -> tuple[str, ...]:
    return (told.content, told.place, told.occurred, told.category or "")


def _text(said: str, longest: int) -> str:
    return clean(said.replace("\r\n", "\n").replace("\r", "\n"), longest).strip()

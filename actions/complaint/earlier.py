"""What was told in this talk before and need not be told again: 还是那个地址, 电话一样."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from actions.complaint.draft import Draft
from actions.talk import Talk
from bot.understanding.place import Place, answer_place, merge_places

_BUILDING = re.compile(
    r"(?:\d+(?:号楼|栋|幢|座)|[一二三四五六七八九十]+号楼)(?:\d+单元|[一二三四五六七八九]单元)?"
)
LEAST = 3
"""Characters of an estate's name that tell it from a common word."""
SAME_TALK = timedelta(hours=24)
"""Age up to which a number that was left for one matter serves the next one."""

_SAME_PLACE = re.compile(
    r"(还是|就在|就是|也是|也在|仍是|还在|同)?(刚才|刚刚|上次|之前|前面|先前|上面|原来)(说|讲|报|登记|反映|提|填)?(过|到)?的?(那个|那)?(地方|地址|位置|地点|小区|楼|院|路|路口|那儿|这儿|村)"
    r"|(同(一)?|一样的|相同的)(个)?(小区|地方|地址|位置|地点|楼|院子?|路口|村)(?!.{0,3}(的人|居民|都))|(地方|地址|位置|地点|小区)(也|还|都)?(一样|不变|没变|相同|同上|是那个|还那个|照旧)"
    r"|(还|也)(是|在)(那个?|这个?|我们|我们这)(个)?(地方|地址|位置|地点|小区|楼|院|路口|儿|里)|(也|还|就)(是|在)?(那|这)(条街|条路|一带|附近|栋楼|个(门口|路口|楼|院|胡同|市场|公园))|老地方|还是这儿|还是这里|也是这(个)?楼|就(我们|俺们|咱)这(个)?(楼|小区)"
)
_SAME_PHONE = re.compile(
    r"(电话|手机号?|号码|联系方式)(也|还|都|就)?(是)?(还(是)?那个|还一样|跟(前面|刚才|之前|上次)(的)?一样|一样|不变|没变|相同|同上|照旧|那个|上面(那个|的)|刚才(那个|的)|之前(那个|的))|(还|也)是(那个|这个|刚才那个|之前那个|原来的?|上次的?|上面的?)(手机|电话|号码?|联系方式)"
    r"|(用|打|留)?(刚才|之前|上次|上面|前面|原来)(说|留|给|登记|报)?(过)?的?那?(个)?(电话|手机|号码)"
)


_SAME_TIME = re.compile(
    r"(时间|日子)(也|还|都)?(一样|相同|同上|照旧)|(也|都)是(那天|那会儿?|那时候?|同一天|同时)(?!.{0,4}[\d一二三四五六七八九十]+[号点])|同一天|一块儿开始"
)


def with_earlier(draft: Draft, text: str, talk: Talk) -> tuple[Draft, bool]:
    """The draft with the place or the number of an earlier matter, where the words point back to it.

    Returns:
        The draft, and whether the words did.
    """
    earlier = _earlier(talk)
    if earlier is None:
        return draft, False
    changed = draft
    if _SAME_PLACE.search(text) and earlier.place is not None:
        changed = replace(changed, place=place_there(earlier.place, changed.place, text), place_settled=False)
    if _SAME_PHONE.search(text) and earlier.phone and not changed.anonymous:
        changed = replace(
            changed, phone=earlier.phone, name=changed.name or earlier.name, phone_declined=False
        )
    if _SAME_TIME.search(text) and earlier.occurred is not None and changed.occurred is None:
        changed = replace(changed, occurred=earlier.occurred)
    return changed, changed != draft


def place_there(earlier: Place, said: Place | None, text: str) -> Place | None:
    """The earlier place with what is said of it now: "同一个小区5号楼" is that estate and another building."""
    building = _BUILDING.search(text)
    if building is None or earlier.community is None:
        return merge_places(earlier, said)
    estate = replace(earlier, text=f"{earlier.street or ''}{earlier.community}", point=None)
    return merge_places(estate, answer_place(building.group()))


def with_known_estate(draft: Draft, talk: Talk) -> Draft:
    """The draft with district and street of an estate or road that an earlier matter of the talk named in full."""
    place = draft.place
    if place is not None and place.district and (place.street or not place.community):
        return draft
    said = (place.text or "") if place is not None else draft.matter_told
    known = [one.draft.place for one in talk.shelved] + [one.draft.place for one in talk.filed]
    for earlier in reversed(known):
        name = (earlier.community or earlier.road) if earlier is not None and earlier.district else None
        stem = (name or "").removesuffix("小区").removesuffix("社区")
        if earlier is None or name is None:
            continue
        if name not in said and (len(stem) < LEAST or stem not in said):
            continue
        if place is not None and place.district not in {None, earlier.district}:
            continue
        if place is None or not place.text:
            area = f"{earlier.street or ''}{name}"
            return replace(draft, place=replace(earlier, text=area, point=None, street_source="inferred"))
        named = replace(
            place,
            district=earlier.district,
            street=earlier.street,
            district_source="inferred",
            street_source="inferred" if earlier.street else None,
        )
        return replace(draft, place=named)
    return draft


def with_known_contact(draft: Draft, talk: Talk, at: datetime) -> Draft:
    """The draft with the number left for another matter of this talk; nobody who was anonymous is named that way."""
    if draft.phone or draft.anonymous or draft.phone_declined:
        return draft
    shelved = [one.draft for one in talk.shelved]
    filed = talk.last_filed(at, SAME_TALK)
    known = [*shelved, *([filed.draft] if filed is not None else [])]
    for one in reversed(known):
        if one.phone and not one.anonymous:
            return replace(draft, phone=one.phone, name=draft.name or one.name)
    return draft


def with_caller(draft: Draft, payload: Mapping[str, Any]) -> Draft:
    """The draft with the number that called, where its words were told in a call that goes on here."""
    caller = (payload.get("call") or {}).get("caller")
    if not caller or draft.phone or draft.anonymous or draft.phone_declined:
        return draft
    return replace(draft, phone=caller)


def _earlier(talk: Talk) -> Draft | None:
    """The matter that "the same place" means: what was filed last, else what was set aside last."""
    if talk.filed:
        return talk.filed[-1].draft
    return talk.shelved[-1].draft if talk.shelved else None

"""What was said before put right: exactly the fields the words speak of, in a draft or in a case already filed."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime

from actions.complaint.draft import Draft, Question
from actions.complaint.privacy import make_anonymous, with_contact, with_privacy, without_contact
from actions.complaint.rewording import NOT_BUT, replaced, swapped
from actions.complaint.timing import better_time
from actions.complaint.utterance import Utterance, tells_trouble, wants_anonymity
from bot.understanding import Occurred, answer_time, find_time
from bot.understanding.contact import Contact, find_contact
from bot.understanding.place import Place, answer_place, find_place, merge_places, without_slips

CORRECTS = re.compile(
    r"(不是|不对|错了|写错|说错|记错|打错|念错|报错|发错|填错|搞错|弄错|听错|选错|(?:整|弄|搞|写|记|说|留|打|念|报)(?:差|岔|串|反)|才对|改成|改为|改一下|改下|更正|应该是|应是|应为|换成|改到|有误|纠正|口误|手滑|还是(?=[^，,。]{1,10}(?:没错|对的|才对)))"
)
DECLINES = re.compile(
    r"(不留|不要留|别留|不想留|不方便留|不愿意?留|没有?(电话|手机)|不给|不提供|不用联系|跳过|不想说|不方便说|保留隐私|不告诉)"
)
_BETWEEN = re.compile(
    r"(?P<wrong>不是[^，,。 ]{1,12})[，,。 ]+(?:[^，,。]{0,4}(?:说|记|写|打|念|听|看|搞|弄)(?:错|岔|反|串|漏|混)了?|口误|嘴瓢了?|手滑|嘴快了?|老糊涂了?)[，,。 ]+(?=(?:应该|其实)?是)"
)
"""A slip owned up to between the wrong and the right: 不是3号楼，我说错了，是5号楼."""
_DIGITS = re.compile(r"不是(?P<wrong>\d{2,8})[，, ]*(?:而)?是(?P<right>\d{2,8})(?!\d|号|楼|栋|单元)")
DENIED = re.compile(r"[，,。 ]*(而)?不是[^，,。 ]{1,14}")
ADDS = re.compile(
    r"^(对|嗯|是的?|好的?)?[，, ]*(再)?(补充|加)(一下|一条|一点|个)?[：:，, ]*|^(还有|另外)(就是)?[，, ]*"
)
_WHEN_SAID = re.compile(
    r"(?:今天|昨天|昨儿|前天|上午|下午|早上|晚上|刚才|刚刚|上次|上回)(?:我|给你们|跟你们|在这儿?|[，, ])*(?:反映|报|登记|投诉|举报|说)(?:的|了|过)?"
)
"""When the matter was told, which is not when it happened: 昨天我反映的那件."""
_TIME_WRONG = re.compile(r"时间|日子|日期|什么时候")
NAMED_DAY = 5
"""Strength of a time that names its day: what tells when is no place."""
_PLEASE = re.compile(
    r"[，,。 ]*(麻烦|请|帮我|给我|帮忙)?(你们?|您)?(给|帮)?(改一下|改改|改过来|更正一下|改了吧|改)(吧|谢谢|哈|啊|[，,。！! ])*$"
)
_LAST_DIGITS = re.compile(
    r"(?:(?:最后|末尾|末|后头?)(?:面)?(?:的)?(?:这|那)?[一二两俩三四1-4]?(?:位|个)?(?:数字?|号)?|尾号)(?:应该|其实)?是(?P<right>\d{1,4})(?![\d号楼])"
)
_THAT_MATTER = re.compile(
    r"(?:不对|错了|哎|那个|[，,。 ])*(?P<what>[\u4e00-\u9fff]{2,5}?)(?:的)?(?:那|这)(?:个|件|事)(?:事)?"
)
_IS_ANOTHERS = re.compile(r"(?P<value>[^，,。是]{1,10}(?:楼|号|院|单元|室|层))那?是[^，,。]{2,10}")
_NUMBER = re.compile(r"\d|[一二三四五六七八九十]+(号|单元|层|栋)")
_CLAUSES = re.compile(r"[，,。；; ]+")
_PLACE_WORD = re.compile(r"\d|[号楼路区门室层院村街镇乡园苑里站口桥]|单元")


def corrects(text: str) -> bool:
    """Whether the words say that something is wrong, beyond "not this but that"."""
    return bool(CORRECTS.search(text.replace("不是", "")))


def declines_contact(text: str) -> bool:
    """Whether the words refuse to leave a number."""
    return bool(DECLINES.search(text))


def corrected(
    draft: Draft, utterance: Utterance, *, says_wrong: bool = False
) -> tuple[Draft, frozenset[Question]] | None:
    """The draft with what the words put right, and the fields that changed; None when they put nothing right.

    Args:
        draft: What is known.
        utterance: What was said.
        says_wrong: The citizen has already said that something is wrong, so a bare value is a correction.
    """
    if (one := _one_of_several(draft, utterance)) is not None:
        return one, frozenset({"occurred"})
    if (number := _last_digits(draft, utterance.text)) is not None:
        return replaced(with_contact(draft, number), draft.phone or "", number.phone), frozenset({"contact"})
    told = _BETWEEN.sub(r"\g<wrong>，", utterance.text)
    said, settled = without_slips(_PLEASE.sub("", told)) or told, set[Question]()
    says_wrong = says_wrong or bool(CORRECTS.search(said))
    changed = swapped(draft, said)
    text = DENIED.sub("", said).strip("，,。 ") or said
    text = _without_explained(text, draft.place)
    contact = find_contact(text)
    if contact is not None:
        changed = with_contact(replace(changed, anonymous=False, phone_declined=False), contact)
        settled.add("contact")
    elif wants_anonymity(text):
        changed = make_anonymous(changed)
        settled.add("contact")
    elif DECLINES.search(text):
        changed = without_contact(changed)
        settled.add("contact")
    elif (digits := _DIGITS.search(said)) is not None and digits["wrong"] in (draft.phone or ""):
        phone = (draft.phone or "").replace(digits["wrong"], digits["right"])
        changed = with_contact(draft, Contact(phone, phone, (0, 0), "mobile"))
        return changed, frozenset({"contact"})
    if ADDS.match(text) and not says_wrong:
        return (changed, frozenset(settled)) if settled else None
    if changed.place != draft.place:
        return changed, frozenset({*settled, "place"})
    place = _place_in(text, utterance.at, bare_values=says_wrong, alone=changed == draft)
    if place is not None and (
        says_wrong or place.precision == "specific" or "地址" in text or "地点" in text
    ):
        moved = _moved(changed.place, place)
        before, after = (changed.place.point if changed.place else None), (moved.point if moved else None)
        if says_wrong and before and after and before != after:
            changed = replaced(changed, before, after)
        changed = replace(changed, place=moved, place_settled=False)
        settled.add("place")
    occurred = find_time(_WHEN_SAID.sub("", text), utterance.at)
    if occurred is not None and occurred.precision == "now" and not _TIME_WRONG.search(said):
        occurred = None  # "刚才楼号说错了" tells when it was said, not when it happened
    if occurred is not None and draft.occurred and not (says_wrong or _TIME_WRONG.search(said)):
        occurred = _better(draft.occurred, occurred, utterance)
    if occurred is not None and (place is None or says_wrong):
        changed = replace(changed, occurred=occurred)
        settled.add("occurred")
    changed = with_privacy(changed, text)
    if settled or changed != draft:
        return changed, frozenset(settled)
    return None


def _better(known: Occurred, said: Occurred, utterance: Utterance) -> Occurred | None:
    """The time to keep instead of ``known``, by the whole utterance or by the clause that tells it; None: keep that."""
    clause = next((one for one in _CLAUSES.split(utterance.text) if said.text in one), utterance.text)
    return better_time(known, said, utterance) or better_time(known, said, replace(utterance, text=clause))


def _last_digits(draft: Draft, text: str) -> Contact | None:
    """The known number with other last digits: 最后一位是9，不是8; 尾号应该是54."""
    told = _LAST_DIGITS.search(text)
    if told is None or draft.phone is None or find_contact(text) is not None:
        return None
    phone = draft.phone[: -len(told["right"])] + told["right"]
    return Contact(phone, phone, (0, 0), "mobile")


def _one_of_several(draft: Draft, utterance: Utterance) -> Draft | None:
    """The draft with the time of the one matter that the words name: 早点摊那个不是前天，是上周二."""
    match = NOT_BUT.search(utterance.text)
    named = _THAT_MATTER.match(utterance.text)
    if len(draft.issues) < 2 or match is None or named is None:
        return None
    occurred = find_time(match["right"], utterance.at)
    having = [number for number, issue in enumerate(draft.issues) if named["what"] in issue.text]
    if occurred is None or len(having) != 1 or find_time(match["wrong"], utterance.at) is None:
        return None
    issues = list(draft.issues)
    wrong = issues[having[0]]
    text = wrong.text.replace(match["wrong"], occurred.text)
    issues[having[0]] = replace(wrong, text=text, occurred=occurred)
    return replace(draft, issues=tuple(issues))


def _without_explained(text: str, known: Place | None) -> str:
    """``text`` without the clause that only says what the wrong house is: 4号楼是我闺女家，我住的是6号楼."""
    point = (known.point or "") if known is not None else ""
    clauses = _CLAUSES.split(text)
    kept = [
        clause
        for clause in clauses
        if not ((match := _IS_ANOTHERS.fullmatch(clause)) and point and match["value"] in point)
    ]
    return "，".join(kept) if kept and len(kept) < len(clauses) else text


def _place_in(text: str, at: datetime, *, bare_values: bool, alone: bool) -> Place | None:
    """The place that the words name; after "错了" also a bare value such as 9号楼, each clause by itself."""
    place = find_place(text)
    if place is not None or not bare_values:
        return place
    clauses = _CLAUSES.split(text)
    numbered = [clause for clause in clauses if _NUMBER.search(clause)]
    for clause in (*numbered, *clauses):
        value = _bare(clause)
        said = find_time(value, at)
        if said is not None and said.strength >= NAMED_DAY:
            continue
        if tells_trouble(value) and find_place(value) is None:
            continue  # what really is, no place: 是大白天路灯一直亮着
        if find_contact(value) is None and (alone or _PLACE_WORD.search(value)):
            place = answer_place(value)
            if place is not None:
                return place
    return None


def _moved(old: Place | None, new: Place) -> Place | None:
    """The place after a correction; one that only names another district or street keeps what was said of the spot."""
    merged = merge_places(old, new)
    only_area = not (new.community or new.road or new.point)
    if old is None or merged is None or not only_area or not (old.community or old.road or old.point):
        return merged
    detail = old.text or ""
    for name in (old.district, old.street):
        for part in (name or "", (name or "").removesuffix("街道").removesuffix("地区")):
            detail = detail.replace(part, "", 1) if part else detail
    street, source = new.street if new.district or new.street else old.street, new.street_source
    again = find_place(f"{new.district}{detail}") if new.district and not street else None
    if again is not None and again.district == new.district and again.street:
        street, source = again.street, "inferred"  # 和平里七区 is told to be in 东城区 after all
    return replace(
        old,
        text=f"{new.street or ''}{detail}".strip() or old.text,
        district=new.district or old.district,
        street=street,
        district_source=new.district_source,
        street_source=source,
        candidates=(),
    )


def correct_filed(draft: Draft, utterance: Utterance, *, only: Question | None = None) -> Draft | None:
    """The draft of a filed case with what the words put right; None when they put nothing right.

    Args:
        draft: As it was filed.
        utterance: What was said.
        only: The field that was asked for; its new value may stand alone.
    """
    if only == "place":
        place = answer_place(_bare(utterance.text))
        return None if place is None else replace(draft, place=merge_places(draft.place, place))
    if only == "occurred":
        occurred = answer_time(utterance.text, utterance.at).occurred
        return None if occurred is None else replace(draft, occurred=occurred)
    if only == "contact":
        contact = find_contact(utterance.text)
        return None if contact is None else with_contact(draft, contact)
    if only == "description":
        return replace(draft, matter=(*draft.matter, utterance.text))
    found = corrected(draft, utterance, says_wrong=True)
    return None if found is None else found[0]


def _bare(text: str) -> str:
    """The value in "地址错了，是七号楼": what stands behind the words that say it was wrong."""
    return (
        re.sub(
            r"^.*?(?:忘了?说了?|漏说了?|没说|不对|错了|写错了?|说错了?|记错了?|打错了?|搞错了?|弄错了?|有误|改成|改为|更正为?|换成|应该是|应为|应是|(?:应该)?还是(?=.{1,10}(?:没错|对的|才对)))[，,。：: ]*(?:应该)?是?"
            r"|^(?:我|俺|咱)们?家?(?:就)?(?:住|在)?(?:的|那)?(?:就)?是|(?:没错|对的|才对)[吧啊的]*$",
            "",
            text,
        )
        or text
    )

"""What was said before put right: exactly the fields the words speak of, in a draft or in a case already filed."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from typing import Any

from actions.complaint.draft import Draft, Question
from actions.complaint.privacy import make_anonymous, with_contact, with_privacy, without_contact
from actions.complaint.utterance import Utterance, tells_trouble, wants_anonymity
from bot.understanding import answer_time, find_time
from bot.understanding.contact import Contact, find_contact
from bot.understanding.place import Place, answer_place, find_place, merge_places, without_slips

CORRECTS = re.compile(
    r"(不是|不对|错了|写错|说错|记错|打错|念错|报错|发错|填错|搞错|弄错|听错|选错|(?:整|弄|搞|写|记|说|留|打|念|报)(?:差|岔|串|反)|才对|改成|改为|改一下|改下|更正|应该是|应是|应为|换成|改到|有误|纠正|口误|手滑|还是(?=[^，,。]{1,10}(?:没错|对的|才对)))"
)
DECLINES = re.compile(
    r"(不留|不要留|别留|不想留|不方便留|不愿意?留|没有?(电话|手机)|不给|不提供|不用联系|跳过|不想说|不方便说|保留隐私|不告诉)"
)
NOT_BUT = re.compile(
    r"不是(?P<wrong>[^，,。 ]{1,12})[，, ]*(?:而|主要|其实|应该|本来)?是(?P<right>[^，,。！!]{1,20}?)[。！!吧啊]*(?=[，,]|$)"
)
BUT_NOT = re.compile(
    r"是(?P<right>[^，,。 ]{1,20}?)[，, ]*(?:而)?(?:不是|不叫)(?P<wrong>[^，,。]{1,12}?)[。！!吧啊]*(?=[，,]|$)"
)
_DIGITS = re.compile(r"不是(?P<wrong>\d{2,8})[，, ]*(?:而)?是(?P<right>\d{2,8})(?!\d|号|楼|栋|单元)")
DENIED = re.compile(r"[，,。 ]*(而)?不是[^，,。 ]{1,14}")
_RIGHT = re.compile(
    r"(?:不对|错了?|写错|说错|记错|打错|搞错|弄错|口误|手滑)[^，,。 ]{0,4}[，,。 ]+(?:应该|其实|我说的)?(?:是|叫)(?P<right>[\u4e00-\u9fff]{2,6})(?:[，,。！!了啊]|$)"
)
ADDS = re.compile(
    r"^(对|嗯|是的?|好的?)?[，, ]*(再)?(补充|加)(一下|一条|一点|个)?[：:，, ]*|^(还有|另外)(就是)?[，, ]*"
)
_REVERSED = re.compile(
    r"(?:说反|写反|搞反|弄反|说错|写错|搞错|弄错|不对)了?[，,。 ]*(?:应该|其实)?是(?P<right>[^。；;]{5,40})"
)
"""What really is, told in a clause of its own: 我说反了，是大白天路灯一直亮着."""
_SENTENCES = re.compile(r"[。；;！!]+")
_SIDE = re.compile(r"[东南西北]{1,2}[口门侧边头]")
_TWICE = re.compile(r"(?:前面|前边|后面|旁边|门口)(?P<last>前[头面边]|后[头面边]|旁边|门口)")
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
        return _replaced(with_contact(draft, number), draft.phone or "", number.phone), frozenset({"contact"})
    said, settled = without_slips(_PLEASE.sub("", utterance.text)) or utterance.text, set[Question]()
    says_wrong = says_wrong or bool(CORRECTS.search(said))
    changed = _swapped(draft, said)
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
            changed = _replaced(changed, before, after)
        changed = replace(changed, place=moved, place_settled=False)
        settled.add("place")
    occurred = find_time(_WHEN_SAID.sub("", text), utterance.at)
    if occurred is not None and occurred.precision == "now" and not _TIME_WRONG.search(said):
        occurred = None  # "刚才楼号说错了" tells when it was said, not when it happened
    if occurred is not None and (place is None or says_wrong):
        changed = replace(changed, occurred=occurred)
        settled.add("occurred")
    changed = with_privacy(changed, text)
    if settled or changed != draft:
        return changed, frozenset(settled)
    return None


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
            r"|^我?家?(?:就)?(?:住|在)(?:的|那)?(?:就)?是|(?:没错|对的|才对)[吧啊的]*$",
            "",
            text,
        )
        or text
    )


def _swapped(draft: Draft, text: str) -> Draft:
    """The wrong words give way to the right ones wherever they stand in the matter: 不是停水，是停电; 说错了，是停水."""
    for sentence in _SENTENCES.split(text):
        match = NOT_BUT.search(sentence) or BUT_NOT.search(sentence)
        if match is not None:
            wrong, right = match["wrong"], _as_much(match["wrong"], match["right"])
            return _replaced(_place_replaced(draft, wrong, right), wrong, right)
    named = _RIGHT.search(text)
    if named is not None and (nearly := _nearly(draft.content, named["right"])) is not None:
        return _replaced(draft, nearly, named["right"])
    told = _REVERSED.search(text)
    if told is not None and (clause := _told_of(draft, told["right"])) is not None:
        return _replaced(draft, clause, told["right"].strip("，, "))
    return draft


def _as_much(wrong: str, right: str) -> str:
    """As much of the right words as the wrong ones said: for 西口, of 东口那个公厕 only 东口."""
    head = right[: len(wrong)]
    return head if len(right) > len(wrong) and head[-1:] == wrong[-1:] else right


def _told_of(draft: Draft, right: str) -> str | None:
    """The clause of the matter that tells of the same thing as ``right``: 路灯晚上不亮 for 大白天路灯一直亮着."""
    if find_contact(right) is not None or not tells_trouble(right):
        return None
    pairs = {right[at : at + 2] for at in range(len(right) - 1)}
    clauses = [clause for part in draft.matter for clause in _CLAUSES.split(part) if tells_trouble(clause)]
    alike = [
        (sum(clause[at : at + 2] in pairs for at in range(len(clause) - 1)), clause) for clause in clauses
    ]
    most, clause = max(alike, default=(0, ""))
    return clause if most else None


def _place_replaced(draft: Draft, wrong: str, right: str) -> Draft:
    """The draft whose place says the right words where it said the wrong ones: 东门 for 西门."""
    place = draft.place
    elsewhere = find_place(right) is not None and not _SIDE.fullmatch(right)
    if place is None or not place.text or wrong not in place.text or elsewhere:
        return draft
    parts: dict[str, Any] = {
        name: _TWICE.sub(r"\g<last>", value.replace(wrong, right))
        for name in ("text", "community", "road", "point")
        if (value := getattr(place, name))
    }
    return replace(draft, place=replace(place, **parts))


def _replaced(draft: Draft, wrong: str, right: str) -> Draft:
    if wrong not in draft.content:
        return draft
    longer = f"{wrong}{right[-1:]}"
    if not wrong.endswith(right[-1:]) and longer in draft.content:
        wrong = longer  # 六十多块, when "86块" takes the place of 六十多
    return replace(
        draft,
        matter=tuple(part.replace(wrong, right) for part in draft.matter),
        issues=tuple(replace(issue, text=issue.text.replace(wrong, right)) for issue in draft.issues),
    )


def _nearly(content: str, word: str) -> str | None:
    """The word of the same length in ``content`` that shares most characters with ``word``, at least half: 停电 for 停水."""
    best, most = None, (len(word) + 1) // 2 - 1
    for start in range(len(content) - len(word) + 1):
        other = content[start : start + len(word)]
        alike = sum(one == two for one, two in zip(other, word, strict=True))
        if most < alike < len(word):
            best, most = other, alike
    return best

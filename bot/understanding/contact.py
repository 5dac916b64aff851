"""How the citizen can be reached: their own number, not the one they complain about."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from bot.understanding.identifiers import Identifier, find_identifiers, spoken_to_digits
from bot.understanding.names import find_name
from bot.understanding.normalise import normalise
from bot.understanding.recent import READ_BEFORE

_NUMERALS = "零一二三四五六七八九"
_OWN = re.compile(
    r"(?:我的?|本人的?|俺的?|咱的?|自己的?)(?:的)?(?:联系)?(?:电话|手机|号码|号|座机|联系方式)[号码]{0,2}(?:就|还)?(?:是|为|[:： ])?[,， ]*$"
    r"|(?:联系我|打给我|给我打|回我|找我|打我|登记的?|预留的?|留的?)[^,，。]{0,6}$"
)
_NEUTRAL = re.compile(
    r"(?:联系(?:方式|电话|人)?|电话|手机|回电|致电|号码|座机|姓.)[号码]{0,2}(?:是|为|[:： ])?[^,，。]{0,3}$"
)
_OTHERS = re.compile(
    r"(?:骗子|对方|商家|店家|店里|物业|公司|老板|中介|房东|司机|客服|售后|他们?|她们?|工头|负责人|车主|邻居|楼上|外卖|快递|平台|老师|经理|"
    r"师傅|开发商|热力|燃气|医院|学校|班主任|机构|销售|业务员|管家|保安|居委会|社区|街道|卖家|主播|包工头|施工方|那人|那个人|报修|自称[^,，。]{0,8})"
    r"(?:留?的|给的)?(?:那个)?(?:联系)?(?:电话|手机|号码|号|座机|热线|联系方式|微信)?[号码]{0,2}(?:是|叫|为|[:： ])?$"
    r"|(?:接到|收到|来电|打了|打过|拨打|一个|有个|陌生号码?)(?:电话|号码)?(?:是|为|[:： ])?$"
)
_OWN_BEHIND = re.compile(
    r"^[,， ]*(?:\(|（)?(?:联系我|找我|给我打|这是我|是我的?(?:电话|手机|号)|白天(?:都)?能接|随时|打这个|就打这个|本人|微信同号)"
)
_OTHERS_BEHIND = re.compile(
    r"^[,， ]*(?:这个号|打(?:来|过来|给我|的电话)|给我(?:打|发)|的(?:骗子|人)|发(?:来|的)?短信|一直(?:骚扰|打)|骚扰)"
)
_BELONGS = re.compile(
    r"电话|手机|号|座机|热线|联系方式|微信|骗子|对方|那人|那个人|接到|收到|来电|打了|打过|拨打|是|叫|为|[:：]"
)
"""What before a number says that it is that person's."""
_CUE = re.compile(r"(?:电话|手机|号码|联系|座机|打)[^,，。]{0,6}$")


@dataclass(frozen=True, slots=True)
class Contact:
    """A way to reach the citizen.

    Attributes:
        phone: ``13900010001``, or a landline as ``010-88881234`` with an extension as ``010-88881234-8``.
        text: The words, as they were typed.
        span: Half-open span of ``text`` in what was typed.
        kind: ``mobile`` or ``landline``.
        name: What they call themselves (``王``, ``李女士``), or None.
    """

    phone: str
    text: str
    span: tuple[int, int]
    kind: Literal["mobile", "landline"]
    name: str | None = None


@lru_cache(maxsize=READ_BEFORE)
def find_contact(text: str) -> Contact | None:
    """The citizen's own number, or None: numbers of others, of services, masked or of a wrong length do not count.

    Of several numbers the one that is called one's own wins, then the last.
    """
    said = normalise(text)
    best: tuple[float, Identifier] | None = None
    for number in find_identifiers(said.text):
        if number.kind not in {"mobile", "landline"}:
            continue
        score = _ownership(said.text, number)
        if score > -1 and (best is None or score >= best[0]):
            best = (score, number)
    if best is None:
        return None
    number = best[1]
    return Contact(
        phone=number.digits,
        text=said.quote(number.start, number.end),
        span=said.original_span(number.start, number.end),
        kind="mobile" if number.kind == "mobile" else "landline",
        name=find_name(said.text),
    )


def _ownership(text: str, number: Identifier) -> float:
    """Above -1: may be the citizen's own; the higher the surer."""
    before, behind = text[max(0, number.start - 20) : number.start], text[number.end : number.end + 12]
    if _OWN.search(before):
        return 3.0
    if _OWN_BEHIND.search(behind):
        return 2.5
    if _OTHERS_BEHIND.search(behind):
        return -2.0
    if (others := _OTHERS.search(before)) is not None and not _signs_off(others.group(), text, number):
        return -2.0
    neutral = bool(_NEUTRAL.search(before))
    if (
        number.kind == "landline"
        and "-" not in number.digits
        and not neutral
        and text.strip() != text[number.start : number.end]
    ):
        return -2.0  # eight digits without a word about a phone are an order number as likely as not
    return 1.0 if neutral else 0.0


def _signs_off(before: str, text: str, number: Identifier) -> bool:
    """Whether a mobile number ends the message right behind somebody it is not said to belong to: 没人来罚他13900000001."""
    told = _BELONGS.search(before) is not None
    return number.kind == "mobile" and not told and not text[number.end :].strip("。！!，, ")


def find_contact_problem(text: str) -> str | None:
    """What is wrong with a number that was meant as a phone (``少一位``, ``多两位``), or None.

    The words are a predicate that fits behind "这个号码". None too when a good number was found.
    """
    if find_contact(text) is not None:
        return None
    said = normalise(text).text
    mapped = spoken_to_digits(said)
    alone = len(re.sub(r"[\d\s\-*xX叉]", "", mapped)) <= 6
    for number in find_identifiers(said):
        if number.kind == "masked":
            return "有几位没有写全"
        if number.kind != "digits":
            continue
        cue = bool(_CUE.search(said[max(0, number.start - 12) : number.start]))
        if not cue and not (alone and number.digits[0] == "1"):
            continue
        if problem := _wrong_length(number.digits):
            return problem
    return None


def _wrong_length(digits: str) -> str | None:
    if digits.startswith("0"):
        return "区号后面的位数不对"
    if digits[0] != "1":
        return "位数不对"
    if len(digits) == 11:
        return "不像是手机号"
    missing = 11 - len(digits)
    if not -5 <= missing <= 5:
        return "位数不对"
    amount = "两" if abs(missing) == 2 else _NUMERALS[abs(missing)]
    return f"{'少' if missing > 0 else '多'}{amount}位"

"""Several matters in one talk: which they are, how they are named, and how the citizen wants them filed."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Literal

from actions.complaint.abuse import without_abuse
from actions.complaint.correcting import CORRECTS
from actions.complaint.draft import Draft, IssueDraft
from bot.understanding import Understanding
from bot.understanding.issues import counts_matters
from bot.understanding.model import Issue
from bot.understanding.place import Place, answer_place, merge_places

MOST = 5
"""Matters that are told apart; more are kept in one case for a clerk to sort."""
PLAIN = 0.4
"""Confidence that each of several uncounted matters needs."""
_GOES_ON = re.compile(r"(要求|希望|请|麻烦|我家|我们家|家里|家具|孩子|老人|他们?(还|也)|(还|也)(没|不))")
LEAST = 6
"""Characters by which a matter is found again in the words it was told with."""
LONGEST = 30
SHOWN = 40
"""Characters of a matter that are read back in a list."""

Choice = Literal["each", "one_by_one", "single"] | tuple[int, ...]

_FILLS = re.compile(r"那|就是|我|请|麻烦|吧|呗|啊|呀|好的?|行|嗯|给我|帮我|的话|先|一下|[，,。！! ]|谢谢")
_MARKS = re.compile(r"[，,。！!~ ]|(吧|呗|啊)$")
_N = r"(?:第?[一二三四五1-5]|头一|前一|后一|另一)(?:件|个|条|样)(?:事儿?)?"
_ONE_BY_ONE = re.compile(
    r"(一件|一个|一样|一条)(一件|一个|一样|一条|事)(地)?(来|说|登记?|报|办|弄|反映)?|逐(件|个|条)(来|说|登记?)?|(说|登记?|报|办)(完)?(第一|头一|前一)(件|个)(再.{0,8})?"
)
_SINGLE = re.compile(
    r"(?:这|都|其实|它们|两件){0,3}(?:(?:把)?(?:它们|两件|这两件|这些)?(?:合|并|归)(?:在|成|到)?(?:一起|一块儿?|一件|一个|一单)(?:登记|报|了)?|(?:都)?(?:是|算)(?:同)?一(?:件|回|码)事儿?|(?:当(?:成|作)?|算)一(?:件|个)事?|不用分开|别分开|不(?:要|用)拆开?){1,3}"
)
_AS_ONE = re.compile(
    r"(?:合|并|归)(?:在|成|到)?(?:一起|一块儿?|一件|一个单?|一单)(?:登记?|报|办)?|(?:别|不要|不用)(?:给我)?拆(?:成|开|两)"
)
_NOT_AS_ONE = re.compile(r"(?:别|不要?|不想)(?:给我)?(?:合|并|归)|[？?吗]")
_EACH = re.compile(
    r"(都|全都?|全部|两件(都)?|三件(都)?|分别|各自|分开|分)*(登记|登|报|立案?|反映)(了)?|分开(登记|报)?|各(登|报)各的|都要(登记|报)?"
)
_ONLY = re.compile(rf"(?:只|就|光|单)要?(?:登记|登|报|反映|说|办|留|保留)(?P<only>{_N})(?:就行|就好)?")
_WITHOUT = re.compile(
    rf"(?P<without>{_N})(?:就|那个)?(?:不登记?|不报|不用登记?|不用报|不要登记?|别登记?|别报|算了|取消|删了?|去掉|撤了?|不用|不要|不反映|不说)(?:了)?(?:.{{0,20}}(?:登记?|报)(?:第?[一二三四五1-5]|头一|前一|后一|另一)(?:件|个))?"
)
_NAMED_OUT = re.compile(
    r"(?P<what>[\u4e00-\u9fff]{1,4}?)(?:的)?(?:那|这)(?:个|件|条)(?:事)?(?:不用|不要|别|不|算了|取消|去掉|删)(?:登记?|报|反映|说)?了?"
)
_NAMED_ONLY = re.compile(
    r"(?:只|就|光|单)要?(?:登记|登|报|反映|办)(?P<what>[\u4e00-\u9fff]{1,4}?)(?:的|那个|那件|这个|这件)(?:事)?(?:就行|就好)?"
)
_CLAUSES = re.compile(r"[，,。；; ]+")
_NUMERALS = "一二三四五"
_BUILDING = re.compile(
    r"(?:\d+(?:号楼|栋|幢|号院|座)|[一二三四五六七八九十]+号(?:楼|院))(?:\d+单元|[一二三四五六七八九]单元)?"
)


def issues_of(understood: Understanding) -> tuple[IssueDraft, ...]:
    """The matters of a message when they are for different desks; none when it tells one.

    Two parts of the same leaf are one matter told in two sentences. Parts that the citizen did not count must each be plainly
    a matter of their own: "另外家具也泡坏了，要求赔偿" goes on with the first.
    """
    found = [issue for issue in understood.issues if issue.category is not None]
    if len(found) < 2 or len({issue.category for issue in found}) < len(found) or len(found) > MOST:
        return ()
    if not counts_matters(understood.text) and any(
        issue.confidence < PLAIN or _GOES_ON.match(issue.text) for issue in found
    ):
        return ()
    places = [_own_place(issue, understood) for issue in found]
    apart = _apart(places)
    return tuple(
        IssueDraft(
            without_abuse(issue.text),
            issue.summary,
            place if apart else None,
            issue.occurred if _has_own_time(issue, understood) else None,
        )
        for issue, place in zip(found, places, strict=True)
    )


def _own_place(issue: Issue, understood: Understanding) -> Place | None:
    """A matter's place, with the building that only it names: 3号楼前头的化粪池."""
    building = _BUILDING.search(issue.text)
    if issue.place is not None and not issue.place.district and building is None:
        return None  # a bare name is no place yet: the one that is asked for holds for all
    if building is None or issue.place is None or building.group() in (issue.place.text or ""):
        return issue.place
    return merge_places(understood.place, answer_place(building.group()))


def _apart(places: list[Place | None]) -> bool:
    """Whether the matters name different places."""
    return len({place.text for place in places if place is not None and place.text}) > 1


def _has_own_time(issue: Issue, understood: Understanding) -> bool:
    return issue.occurred is not None and issue.occurred.text in issue.text and len(understood.issues) > 1


def listed(issues: tuple[IssueDraft, ...]) -> str:
    """The matters as a numbered list."""
    return "\n".join(
        f"{'①②③④⑤'[number]} {issue.text if len(issue.text) <= SHOWN else issue.text[: SHOWN - 1] + '…'}"
        for number, issue in enumerate(issues)
    )


def choice_in(text: str, issues: tuple[IssueDraft, ...]) -> Choice | None:
    """How the citizen wants the matters filed: each (as offered), one by one, as one, or only some (their indices).

    Only words that say this and nothing else count: "第一件不对，是停电" is a correction, "单元里就一个电梯" tells of a lift.
    """
    if len(text) <= 2 * LONGEST and _AS_ONE.search(text) and not _NOT_AS_ONE.search(text):
        return "single"
    if len(text) > LONGEST or CORRECTS.search(text):
        return None
    if (chosen := _chosen(_FILLS.sub("", text), issues)) is not None:
        return chosen
    clauses = _CLAUSES.split(text)
    if len(clauses) > 1 and (chosen := _chosen(_FILLS.sub("", clauses[-1]), issues)) is not None:
        return chosen  # 门禁刚修好了，第二件不用登了
    if len(clauses) > 1 and _ONE_BY_ONE.fullmatch(_FILLS.sub("", clauses[0])) and "不" not in text:
        return "one_by_one"  # 一件一件来吧，别给我弄混喽
    return _by_words(_MARKS.sub("", text), issues)


def _chosen(said: str, issues: tuple[IssueDraft, ...]) -> Choice | None:
    """A choice by number, or of all, when ``said`` is nothing else."""
    if (only := _ONLY.fullmatch(said)) is not None:
        index = _index(only["only"], len(issues))
        return None if index is None else (index,)
    if (without := _WITHOUT.match(said)) is not None and "不" not in said[without.end() :]:
        index = _index(without["without"], len(issues))
        return None if index is None else tuple(one for one in range(len(issues)) if one != index)
    if _SINGLE.fullmatch(said):
        return "single"
    if _ONE_BY_ONE.fullmatch(said):
        return "one_by_one"
    return "each" if _EACH.fullmatch(said) else None


def _by_words(said: str, issues: tuple[IssueDraft, ...]) -> Choice | None:
    """A matter chosen or left out by a word that only it has: 垃圾那个不用了, 只登记灯的."""
    named = _NAMED_OUT.fullmatch(said) or _NAMED_ONLY.fullmatch(said)
    if named is None:
        return None
    having = [index for index, issue in enumerate(issues) if named["what"] in issue.text + issue.title]
    if len(having) != 1:
        return None
    if named.re is _NAMED_ONLY:
        return (having[0],)
    return tuple(index for index in range(len(issues)) if index != having[0])


def _index(word: str, count: int) -> int | None:
    which = next((one for one in word if one in "一二三四五12345"), "一")
    if word.startswith(("后", "另")):
        return count - 1
    index = _NUMERALS.find(which) if which in _NUMERALS else int(which) - 1
    return index if 0 <= index < count else None


def draft_of_issue(draft: Draft, index: int) -> Draft:
    """One matter as a draft of its own, with the place, the contact and the wishes of the whole."""
    issue = draft.issues[index]
    return replace(
        draft,
        matter=(issue.text, *added(draft)),
        title=issue.title,
        kind=None,
        place=issue.place or draft.place,
        occurred=issue.occurred or draft.occurred,
        issues=(),
        answers={},
        deciding=None,
        decided_by=(),
        offered=(),
        category=None,
    )


def keep(draft: Draft, indices: tuple[int, ...]) -> Draft:
    """The draft with only some of its matters."""
    if len(indices) == 1:
        return draft_of_issue(draft, indices[0])
    return replace(draft, issues=tuple(draft.issues[index] for index in indices))


def added(draft: Draft) -> tuple[str, ...]:
    """What was said of the matters after they were told; it belongs to each of them."""
    return tuple(
        part for part in draft.matter if not any(issue.text[:LEAST] in part for issue in draft.issues)
    )

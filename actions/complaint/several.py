"""Several matters in one talk: which they are, how they are named, and how the citizen wants them filed."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Literal

from actions.complaint.draft import Draft, IssueDraft
from bot.understanding import Understanding
from bot.understanding.issues import counts_matters
from bot.understanding.model import Issue
from bot.understanding.place import Place, answer_place, merge_places

MOST = 5
"""Matters that are told apart; more are kept in one case for a clerk to sort."""
PLAIN = 0.5
"""Confidence that each of several uncounted matters needs."""
_GOES_ON = re.compile(r"(要求|希望|请|麻烦|我家|我们家|家里|家具|孩子|老人|他们?(还|也)|(还|也)(没|不))")
SHOWN = 40
"""Characters of a matter that are read back in a list."""

Choice = Literal["each", "one_by_one", "single"] | tuple[int, ...]

_ONE_BY_ONE = re.compile(
    r"(一件|一个|一样|一条|一码)(一件|一个|一样|一条|一码|事)?(地|的)?(来|说|登|报|办|弄|反映)|逐(件|个|条)|先(说|登记|登|报|办|弄)(完)?(第一|头一|前一)|(一|1)(件|个)(一|1)(件|个)"
)
_SINGLE = re.compile(
    r"(合|并|归)(在|成|到)?(一起|一块儿?|一件|一个|一单)|当(成|作)?(是)?(一|1)(件|个)|(就是|其实是?|算|是)(同)?一(件|回|码)事|不用分开|别分开|不(要|用)拆"
)
_EACH = re.compile(
    r"分(开|别)(登记|登|报|反映|立)?|各(登|报|立|是)|都(登记|登|报|要|反映)|(两|二|三|四|几)(件|个)都|全都?(登|报|要)"
)
_NUMBER = r"(?:第)?(?P<{}>[一二三四五1-5头]|前|后|另)(?:一)?(?:件|个|条|码|样)(?:事儿?)?"
_ONLY = re.compile(rf"(?:只|就|光|单)(?:要|先)?(?:登记|登|报|反映|说|办|留|保留)?的?{_NUMBER.format('only')}")
_WITHOUT = re.compile(
    rf"{_NUMBER.format('without')}(?:就|先|那个|我)*(?:不用|别|不要|不|算了|取消|删|去掉|撤)(?!管|修|理)"
)
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
            issue.text,
            issue.summary,
            place if apart else None,
            issue.occurred if _has_own_time(issue, understood) else None,
        )
        for issue, place in zip(found, places, strict=True)
    )


def _own_place(issue: Issue, understood: Understanding) -> Place | None:
    """A matter's place, with the building that only it names: 3号楼前头的化粪池."""
    building = _BUILDING.search(issue.text)
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


def choice_in(text: str, count: int) -> Choice | None:
    """How the citizen wants ``count`` matters filed: each (as offered), one by one, as one, or only some (their indices)."""
    if (only := _ONLY.search(text)) is not None:
        index = _index(only["only"], count)
        return None if index is None else (index,)
    if (without := _WITHOUT.search(text)) is not None:
        index = _index(without["without"], count)
        return None if index is None else tuple(one for one in range(count) if one != index)
    if _SINGLE.search(text):
        return "single"
    if _ONE_BY_ONE.search(text):
        return "one_by_one"
    return "each" if _EACH.search(text) else None


def _index(word: str, count: int) -> int | None:
    if word in {"头", "前"}:
        return 0
    if word in {"后", "另"}:
        return count - 1
    index = _NUMERALS.find(word) if word in _NUMERALS else int(word) - 1
    return index if 0 <= index < count else None


def draft_of_issue(draft: Draft, index: int) -> Draft:
    """One matter as a draft of its own, with the place, the contact and the wishes of the whole."""
    issue = draft.issues[index]
    return replace(
        draft,
        matter=(issue.text,),
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


def swap_words(draft: Draft, wrong: str, right: str) -> Draft:
    """The draft with words put right in each of its matters, too."""
    return replace(
        draft,
        issues=tuple(replace(issue, text=issue.text.replace(wrong, right)) for issue in draft.issues),
    )

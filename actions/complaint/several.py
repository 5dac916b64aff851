"""Several matters in one talk: which they are and how they are named; how they are to be filed: :mod:`actions.complaint.choosing`."""

from __future__ import annotations

import re
from dataclasses import replace

from actions.complaint.abuse import without_abuse
from actions.complaint.draft import Draft, IssueDraft
from bot.understanding import Understanding
from bot.understanding.issues import counts_matters
from bot.understanding.model import Issue
from bot.understanding.place import Place, answer_place, merge_places

_ANOTHER = re.compile(
    r"(?:哦|啊|哎|欸|诶|嗯|对了?|那个|[，,。 ])*(?:还有|另外还?有?|再(?:反映|说|报|讲|补)|我?还(?:要|想)(?:反映|说|报|讲))(?:一|别的|另外?)?(?:个|件|档子|桩|样)(?:别的)?(?:事儿?|问题|情况)?(?:啊|呢|哈|是|就是|也)*[，,：:。 ]+"
)
MOST = 5
"""Matters that are told apart; more are kept in one case for a clerk to sort."""
PLAIN = 0.4
"""Confidence that each of several uncounted matters needs."""
_GOES_ON = re.compile(r"(要求|希望|请|麻烦|我家|我们家|家里|家具|孩子|老人|他们?(还|也)|(还|也)(没|不))")
LEAST = 6
"""Characters by which a matter is found again in the words it was told with."""
SHOWN = 40
"""Characters of a matter that are read back in a list."""

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


def announces_another(text: str) -> str | None:
    """The matter told behind 对了还有个事, while another is under way; None when none is announced or told."""
    match = _ANOTHER.match(text)
    if match is None:
        return None
    told = text[match.end() :].strip("，,：:。 ")
    return told if len(told) >= LEAST else None


def with_another(draft: Draft, told: str, understood: Understanding) -> Draft | None:
    """The draft with one more matter, to be a case of its own; None when it is of the same kind as one it has, and goes on with that."""
    title = understood.category_path.rsplit(">", 1)[-1] if understood.category_path else ""
    known = draft.issues or (IssueDraft(draft.matter_told, draft.title),)
    if not title or any(issue.title == title for issue in known) or len(known) >= MOST:
        return None
    place = understood.place if understood.place is not None and understood.place.district else None
    another = IssueDraft(without_abuse(told), title, place, understood.occurred)
    before = (
        draft.matter if draft.issues else (draft.matter_told,)
    )  # what was added so far is the first one's
    return replace(draft, issues=(*known, another), matter=(*before, told), title="", kind=None)


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
    """Whether a matter tells its own time; a habit (一到晚上就没水) is none beside when it all began: 都是上周五开始的."""
    own, of_all = issue.occurred, understood.occurred
    if own is None or own.text not in issue.text or len(understood.issues) < 2:
        return False
    if own.start is not None or of_all is None:
        return True
    others = [other.text for other in understood.issues if other is not issue]
    return of_all.text not in issue.text and any(of_all.text in text for text in others)


def listed(issues: tuple[IssueDraft, ...]) -> str:
    """The matters as a numbered list."""
    return "\n".join(
        f"{'①②③④⑤'[number]} {issue.text if len(issue.text) <= SHOWN else issue.text[: SHOWN - 1] + '…'}"
        for number, issue in enumerate(issues)
    )


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

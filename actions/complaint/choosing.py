"""Which of several matters are to be filed, and how: each, one by one, as one, or only some; told by number or by name."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Literal

from actions.complaint.correcting import CORRECTS
from actions.complaint.draft import Draft, IssueDraft

LONGEST = 30
"""Characters of words that only choose."""
Choice = Literal["each", "one_by_one", "single"] | tuple[int, ...]

_FILLS = re.compile(r"那|就是|我|请|麻烦|吧|呗|啊|呀|好的?|行|嗯|给我|帮我|的话|先|一下|[，,。！! ]|谢谢")
_N = r"(?:第?[一二三四五1-5]|头一|前一|后一|另一)(?:件|个|条|样)(?:事儿?)?"
_ONE_BY_ONE = re.compile(
    r"(一件|一个|一样|一条)(一件|一个|一样|一条|事)(地)?(来|说|登记?|报|办|弄|反映)?|逐(件|个|条)(来|说|登记?)?|(说|登记?|报|办)(完)?(第一|头一|前一)(件|个)(再.{0,8})?"
)
_SINGLE = re.compile(
    r"(?:这|都|其实|它们|两件){0,3}(?:(?:把)?(?:它们|两件|这两件|这些)?(?:合|并|归)(?:在|成|到)?(?:一起|一块儿?|一件|一个|一单)(?:登记|报|了)?|(?:都)?(?:是|算)(?:同)?一(?:件|回|码)事儿?|(?:当(?:成|作)?|算)一(?:件|个)事?|不用分开|别(?:给我)?(?:拆|分)(?:开|了)?|(?:就)?当(?:成|作)?一(?:件|个)事?儿?(?:记|报|登记?|办|说)|不(?:要|用)拆开?){1,3}"
)
_AS_ONE = re.compile(
    r"(?:当|算)(?:成|作)?一(?:件|个|回)事?儿?(?:记|报|登记?|办)|(?:合|并|归)(?:在|成|到)?(?:一起|一块儿?|一件|一个单?|一单)(?:登记?|报|办)?|(?:别|不要|不用)(?:给我)?拆(?:成|开|两)"
)
_NOT_AS_ONE = re.compile(r"(?:别|不要?|不想)(?:给我)?(?:合|并|归)|[？?吗]")
_EACH = re.compile(
    r"(都|全都?|全部|[两三四]件|[两三四]个|要|给|分别|各自|分开|分)*(登记?|报|立案?|反映|记|说)(了|上)?|分开(登记|报)?|各(登|报)各的|都要(登记|报)?"
)
_ONLY = re.compile(rf"(?:只|就|光|单)要?(?:登记|登|报|反映|说|办|留|保留)(?P<only>{_N})(?:就行|就好)?")
_WITHOUT = re.compile(
    rf"(?P<without>{_N})(?:就|那个)?(?:不登记?|不报|不用登记?|不用报|不要登记?|别登记?|别报|算了|取消|删了?|去掉|撤了?|不用|不要|不反映|不说)(?:了)?(?:.{{0,20}}(?:登记?|报)(?:第?[一二三四五1-5]|头一|前一|后一|另一)(?:件|个))?"
)
_VERB = r"(?:登记?|报|反映|投诉|举报|说|讲|办|管|提|弄|记|处理)"
_THING = r"(?:的|那|这)*(?:一?(?:件|个|条|桩|样|码))?(?:事儿?|问题|情况)?"
_NAMED_ONLY = re.compile(
    rf"(?:那|我|这次|今天|这回|先|请|麻烦|给我|帮我|就|[好行嗯])*(?:只|就|光|单|先)(?:给我|帮我|想|要|是)*{_VERB}(?:一下)?"
    rf"(?P<what>[\u4e00-\u9fff\d]{{1,10}}?){_THING}(?:就行|就好|就够了?|就可以|得了)?[了吧呗啊]*"
)
"""只登记灯的, 就报下水道这一件."""
_NAMED_OUT = re.compile(
    rf"(?:那|还是|我|[好行嗯])*(?P<what>[\u4e00-\u9fff\d]{{1,10}}?){_THING}(?:就|先|都|暂时|回头再|以后再)*"
    rf"(?:(?:不用|不要|不必|不想|不|别|甭)(?:给我|再)*(?:{_VERB}|要)?|算了|取消|去掉|删|拉倒)[了它掉吧]*"
)
"""垃圾那个不用了, 快递柜不报了."""
_THE_REST = re.compile(r"(?:别|其他|其它|剩下|余下|旁|另外|另)(?:的|那|这|几|两|一|些|件|个|样|事|都)*")
_NO_NAME = frozenset("这那一它都上下去来也就的了第头后前")
"""What stands for a name and is none: 就报这一件."""
_CLAUSES = re.compile(r"[，,。；;！! ]+")
_ALSO = re.compile(r"还|也|又|另外|再(?:就|有)|同时|而且|加上|以及")
"""What brings a further matter in: 楼下麻将馆还吵."""
_NUMERALS = "一二三四五"


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
    return _by_words(text, issues)


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


def choice_beside(text: str, issues: tuple[IssueDraft, ...]) -> tuple[Choice, str] | None:
    """A choice in a clause of its own, and what else the words say: 三件都要反映，分开记。昌平回龙观龙博苑社区."""
    clauses = [clause for clause in _CLAUSES.split(text) if clause]
    choices = [choice_in(clause, issues) for clause in clauses]
    made = {choice for choice in choices if choice is not None}
    rest = "，".join(clause for clause, choice in zip(clauses, choices, strict=True) if choice is None)
    return (made.pop(), rest) if len(made) == 1 and rest else None


def names_one(text: str) -> str | None:
    """What alone is to be filed, where words say nothing else: of 就报暖气这一件，别的不报了, 暖气."""
    named = _named(text)
    return None if named is None or len(named[0]) != 1 else named[0][0]


def only_part(draft: Draft, text: str) -> Draft | None:
    """The draft with only the named one of several matters that were told in one breath; None when the words choose none.

    What is left out is what the citizen brought in beside it (楼下麻将馆还吵) and now does not want filed.
    """
    what = names_one(text)
    if what is None or not draft.matter:
        return None
    clauses = [clause for clause in _CLAUSES.split(draft.matter[0]) if clause]
    kept = [clause for clause in clauses if _shared(what, clause) or not _ALSO.search(clause)]
    if len(clauses) < 2 or not any(_shared(what, clause) for clause in clauses):
        return None
    return replace(draft, matter=("，".join(kept), *draft.matter[1:]))


def _by_words(text: str, issues: tuple[IssueDraft, ...]) -> Choice | None:
    """Matters chosen or left out by words that only they have: 垃圾那个不用了, 只登记灯的, 就报下水道这一件，快递柜不报了."""
    if (named := _named(text)) is None:
        return None
    wanted, unwanted = ([_which(what, issues) for what in whats] for whats in named)
    if any(index is None for index in (*wanted, *unwanted)) or set(wanted) & set(unwanted):
        return None
    kept = wanted or [index for index in range(len(issues)) if index not in unwanted]
    return tuple(index for index in range(len(issues)) if index in kept) if wanted or unwanted else None


def _named(text: str) -> tuple[list[str], list[str]] | None:
    """What is to be filed and what is not, by the words they are called; None when the words say something else."""
    wanted: list[str] = []
    unwanted: list[str] = []
    for clause in _CLAUSES.split(text):
        if (only := _NAMED_ONLY.fullmatch(clause)) and only["what"] not in _NO_NAME:
            wanted.append(only["what"])
        elif (out := _NAMED_OUT.fullmatch(clause)) and out["what"] not in _NO_NAME:
            if not _THE_REST.fullmatch(out["what"]):
                unwanted.append(out["what"])
        elif _FILLS.sub("", clause):
            return None
    return wanted, unwanted


def _which(what: str, issues: tuple[IssueDraft, ...]) -> int | None:
    """The one matter that ``what`` names; None when none or several share its words."""
    shared = [_shared(what, issue.text + issue.title) for issue in issues]
    if not any(shared):  # 种葱的那个, of 让人种了大葱
        shared = [len(set(what) & set(issue.text)) if set(what) <= set(issue.text) else 0 for issue in issues]
    best = max(shared)
    return shared.index(best) if best and shared.count(best) == 1 else None


def _shared(what: str, told: str) -> int:
    """How many pairs of characters of ``what`` stand in ``told``; of a single character, whether it does."""
    if len(what) == 1:
        return int(what in told)
    return sum(what[start : start + 2] in told for start in range(len(what) - 1))


def _index(word: str, count: int) -> int | None:
    which = next((one for one in word if one in "一二三四五12345"), "一")
    if word.startswith(("后", "另")):
        return count - 1
    index = _NUMERALS.find(which) if which in _NUMERALS else int(which) - 1
    return index if 0 <= index < count else None

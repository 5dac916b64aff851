"""A case as its citizen sees it: who holds it, until when, what comes next. No jargon, no quarrels between units."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.cases.lifecycle import FINAL, CaseState

S = CaseState
HOTLINE = "12345热线"

IN_WORDS: dict[CaseState, tuple[str, str]] = {
    S.COLLECTING: ("正在记录", "我会继续问清楚情况"),
    S.CONFIRMING: ("等您确认", "您确认后就登记"),
    S.CANCELLED: ("没有登记", "需要时可以再说一次"),
    S.ACCEPTED: ("已登记", "接下来交给负责的单位"),
    S.ANSWERED: ("已答复", "过后会问您答复清不清楚"),
    S.REFUSED: ("不归热线办理，已告诉您找谁", "请联系我们说的单位"),
    S.MERGED: ("和同一件事合并办理", "办完会告诉您"),
    S.TRANSFERRED: ("已转给紧急救援", "请先保证安全"),
    S.QUEUED: ("正在确定由谁负责", "确定后马上交办"),
    S.DISPATCHED: ("已交给负责的单位", "等单位接收"),
    S.SIGNED: ("单位已接收", "接下来开始办理"),
    S.HANDLING: ("正在办理", "办完会给您答复"),
    S.RETURN_ASKED: ("热线正在核实由谁负责", "很快会定下来，原单位先负责"),
    S.INFO_ASKED: ("等您补充情况", "请把还缺的情况告诉我们"),
    S.ASSIST_CALLED: ("几家单位正在一起办", "办完会给您答复"),
    S.EXTENSION_ASKED: ("正在办理，单位申请多要些时间", "批不批都会告诉您"),
    S.SUSPENDED: ("暂时解决不了，已记录在案", "条件具备就继续办"),
    S.FED_BACK: ("单位已办完并反馈", "接下来回访您"),
    S.SURVEYING: ("等您评价", "请说说解决了没有"),
    S.SURVEYED: ("已收到您的评价", "接下来办结，或者重新办"),
    S.SURVEY_MISSED: ("没能联系上您回访", "有情况随时再说"),
    S.REDO: ("退回重新办理", "办完再给您答复"),
    S.SUPERVISED: ("正在督促单位办理", "办完再给您答复"),
    S.REOPENED: ("按您的要求重新办理", "办完再给您答复"),
    S.CLOSED: ("已办结", "没解决可以要求重新办"),
    S.WITHDRAWN: ("您已撤回", "需要时可以再反映"),
}
"""State -> what it means for the citizen, and what comes next."""

_WITH_HOTLINE = frozenset(
    {S.COLLECTING, S.CONFIRMING, S.ACCEPTED, S.QUEUED, S.ANSWERED, S.SURVEYING, S.SURVEYED, S.SURVEY_MISSED}
)


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One step as the citizen is told it."""

    at: datetime
    words: str


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case for the eyes of its citizen.

    Attributes:
        case_number: The public number.
        kind: 咨询 求助 投诉 举报 建议 表扬.
        title: A few words.
        state: Where it stands.
        holder: Who has it now; None once nobody has to do anything.
        due_at: Until when the holder must be done: dispatched before a unit has it, handled after; None when closed.
        created_at: When it was filed.
        anonymous: It holds no identity.
        timeline: What happened, oldest first.
        category_path: The category in words.
        urgency: S0..S3.
    """

    case_number: str
    kind: str
    title: str
    state: CaseState
    holder: str | None
    due_at: datetime | None
    created_at: datetime
    anonymous: bool
    timeline: tuple[TimelineEntry, ...] = ()
    category_path: str | None = None
    urgency: str = "S2"

    @property
    def is_open(self) -> bool:
        """Whether something is still owed to the citizen."""
        return self.state not in FINAL

    @property
    def state_in_words(self) -> str:
        """The state, short and in plain Chinese."""
        return IN_WORDS[self.state][0]

    @property
    def next_in_words(self) -> str:
        """What comes next, short and in plain Chinese."""
        return IN_WORDS[self.state][1]


def holder_of(state: CaseState, lead_unit: str | None) -> str | None:
    """Who has a case now: the unit, the hotline itself, or nobody any more."""
    if state in FINAL:
        return None
    return HOTLINE if lead_unit is None or state in _WITH_HOTLINE else lead_unit


def due_of(
    state: CaseState, dispatch_due_at: datetime | None, handle_due_at: datetime | None
) -> datetime | None:
    """Until when the present holder must be done, None when no clock runs."""
    if state in FINAL or state in {S.ANSWERED, S.FED_BACK, S.SURVEYING, S.SURVEYED, S.SURVEY_MISSED}:
        return None
    return handle_due_at or dispatch_due_at

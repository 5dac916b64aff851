"""From a confirmed draft to a filed case and the receipt the citizen reads."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from rasa_sdk.events import ActiveLoop, SlotSet

from actions.complaint.deciding import understand_draft
from actions.complaint.draft import Draft, load
from actions.complaint.wording import due_in_words, shorten
from actions.guard import Events, GuardedAction
from actions.turn import Turn
from bot.cases import CaseDraft, CaseState, CaseView, FiledCase, file_case
from bot.dispatch import Decision, Dispatcher
from bot.errors import CaseError
from bot.identity import citizen_by_id
from bot.observability import metrics
from bot.understanding import Understanding

TITLE_LENGTH = 20
URGENT = "S0"
ANSWERED_DIRECTLY = "知识库直接答复"
_BY_LEVEL = {"B": "直派市部门", "D": "直派区部门", "ST": "直派街乡", "C": "直派企业"}
CONSULTATION, HELP = "咨询", "求助"


def assemble(
    draft: Draft, understood: Understanding, dispatcher: Dispatcher, channel: str, at: datetime
) -> CaseDraft:
    """The case as it is filed: the category from the words, everything else as the citizen confirmed it.

    Args:
        draft: What was read back and confirmed.
        understood: What the model makes of the draft's whole content.
        dispatcher: Decides on the confirmed place, not on the one the model may have read.
        channel: Name of the channel.
        at: When it was confirmed; the rules of that day judge.
    """
    kind = draft.kind or understood.kind
    urgency = URGENT if draft.dangers else understood.urgency
    confirmed = replace(understood, kind=kind, place=draft.place, occurred=draft.occurred, urgency=urgency)
    # What is filed was not answered, so a consultation goes to the unit that can answer it.
    decision = dispatcher.decide(replace(confirmed, kind=HELP) if kind == CONSULTATION else confirmed, at=at)
    snapshot = confirmed.as_json() | {"contact_phone": draft.phone, "dispatch": decision.as_json()}
    place = draft.place
    title = understood.category_path.rsplit(">", 1)[-1] if understood.category_path else ""
    return CaseDraft(
        kind=kind,
        title=title or shorten(draft.content, TITLE_LENGTH),
        content=draft.content,
        channel=channel,
        urgency=urgency,
        category=understood.category,
        category_path=understood.category_path,
        category_confidence=understood.confidence,
        category_set_by="person" if draft.category else "model",
        category_candidates=tuple((one.code, one.score) for one in understood.candidates),
        catalogue_version=decision.catalogue_version,
        place_text=place.text if place is not None else None,
        district=place.district if place is not None else None,
        street=place.street if place is not None else None,
        community=place.community if place is not None else None,
        point=place.point if place is not None else None,
        occurred=draft.occurred.as_json() if draft.occurred is not None else None,
        contact_phone=draft.phone,
        contact_name=draft.name,
        anonymous=draft.anonymous,
        confidential=draft.confidential,
        emergency=bool(draft.dangers),
        understanding=snapshot,
        decision=decision.as_record(),
        dispatch_kind=dispatch_kind(decision),
        lead_unit_id=decision.lead_unit_id,
        lead_unit=decision.lead_unit,
        assist_units=tuple(zip(decision.assist_unit_ids, decision.assist_units, strict=True)),
    )


def dispatch_kind(decision: Decision) -> str:
    """How the case goes out; what was not answered cannot be "answered directly", it goes to the unit that leads."""
    if decision.kind != ANSWERED_DIRECTLY:
        return decision.kind
    return _BY_LEVEL.get(decision.lead_unit_id.split(".")[0], "区兜底")


class FileCase(GuardedAction):
    """Files the confirmed draft, once however often the turn is taken, and gives the receipt."""

    def name(self) -> str:
        """The name in ``domain.yml``."""
        return "action_file_case"

    async def act(self, turn: Turn) -> Events:
        """File and say so."""
        draft = load(turn.tracker.get_slot("draft"))
        filed, unit = await self._file(turn, draft)
        say_receipt(turn, filed, unit)
        return forget_draft()

    async def _file(self, turn: Turn, draft: Draft) -> tuple[FiledCase, str]:
        services = turn.services
        understood = await understand_draft(turn, draft)
        case = assemble(
            draft, replace(understood, text=draft.content), services.dispatcher, turn.channel, turn.at
        )
        async with services.database.session() as session, session.begin():
            citizen = await citizen_by_id(session, services.vault, turn.citizen_id)
            if citizen is None:
                raise CaseError("The citizen was forgotten while the case was being filed.")
            filed = await file_case(
                session,
                case,
                vault=services.vault,
                inbox_id=turn.inbox_id,
                issue=0,
                citizen=citizen,
                at=turn.at,
            )
            return filed, case.lead_unit or ""

    def failure(self) -> str:
        """What the citizen hears when filing failed: the draft is still there."""
        return "utter_not_filed"

    def after_failure(self, turn: Turn) -> Events:
        """Open the form again at its last question, so that another "yes" tries again."""
        return [
            ActiveLoop("complaint_form"),
            SlotSet("draft", turn.tracker.get_slot("draft")),
            SlotSet("confirmed", None),
            SlotSet("requested_slot", "confirmed"),
        ]


def forget_draft() -> Events:
    """Events after a draft came to its end."""
    return [SlotSet("draft", None), SlotSet("confirmed", None), SlotSet("offer", None)]


def say_receipt(turn: Turn, filed: FiledCase, unit: str) -> None:
    """Number, holder and deadline, in words and as data for a card; ``unit`` is whom the catalogue names."""
    if not filed.repeated:
        metrics.case_filed(filed.view.kind)
    view = filed.view
    number = filed.tracking_code or view.case_number
    card: dict[str, Any] = {
        "number": number,
        "title": view.title,
        "holder": view.holder,
        "due": view.due_at.isoformat() if view.due_at is not None else None,
    }
    response = "utter_filed_anonymous" if filed.tracking_code else "utter_filed"
    turn.say(
        response,
        number=number,
        holder=holder_in_words(view, unit),
        until=until_in_words(view),
        data={"case": card},
    )


def holder_in_words(view: CaseView, unit: str) -> str:
    """Who looks at it now."""
    if view.state is CaseState.QUEUED:
        return "市民热线正在核实由哪个单位负责，定下来马上交办。"
    if view.state is CaseState.REFUSED:
        return f"这件事不归热线办理，请直接联系{unit}。"
    if view.state is CaseState.SURVEYING:
        return "已经答复过您，过后会问您清不清楚。"
    return f"已交给{view.holder}办理。"


def until_in_words(view: CaseView) -> str:
    """Until when the citizen hears something."""
    if view.due_at is None:
        return "有变化会告诉您。"
    if view.state is CaseState.QUEUED:
        return f"{due_in_words(view.due_at)}会交办。"
    return f"{due_in_words(view.due_at)}办理并答复您。"

"""From a confirmed draft to the case that is filed: category, unit and clocks from the words, the rest as the citizen confirmed it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from actions.complaint.deciding import understand_draft
from actions.complaint.draft import Draft
from actions.complaint.wording import shorten
from actions.turn import Turn
from bot.cases import CaseDraft
from bot.dispatch import Decision, Dispatcher
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
    if draft.shared is not None:  # kept in its own system; sealed with the rest of the snapshot
        snapshot["coordinates"] = draft.shared.as_json()
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


async def assembled(
    turn: Turn, draft: Draft, understood: Understanding | None = None
) -> tuple[CaseDraft, Understanding]:
    """The case that ``draft`` would be now, and how it was understood; words that were read before cost no new embedding."""
    understood = understood or await understand_draft(turn, draft)
    case = assemble(
        draft, replace(understood, text=draft.content), turn.services.dispatcher, turn.channel, turn.at
    )
    return case, understood

"""Filing what the citizen confirmed, once however often the turn is taken, and the receipt; then what was set aside goes on."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import structlog
from rasa_sdk.events import ActiveLoop, SlotSet

from actions.anytime.person import stand_down
from actions.carried.files import join
from actions.carried.taking import collect
from actions.complaint.assembling import assembled
from actions.complaint.draft import Draft, dump, load
from actions.complaint.earlier import with_known_contact
from actions.complaint.receipt import say_followed, say_receipt, say_receipts
from actions.complaint.several import draft_of_issue
from actions.complaint.wording import shorten
from actions.guard import Events, GuardedAction
from actions.talk import Filed
from actions.turn import Turn
from bot.cases import CaseDraft, FiledCase, file_case
from bot.errors import CaseError
from bot.identity import present_citizen

log = structlog.get_logger(__name__)

MATTER_SHOWN = 24
"""Characters of a matter that the bot comes back to."""


class FileCase(GuardedAction):
    """Files the confirmed draft: one case, one for each of its matters, or one that follows an open case."""

    def name(self) -> str:
        """The name in ``domain.yml``."""
        return "action_file_case"

    async def act(self, turn: Turn) -> Events:
        """File, say so, and go on with what was set aside for this."""
        draft = collect(turn, load(turn.tracker.get_slot("draft")))
        parts = [draft_of_issue(draft, index) for index in range(len(draft.issues))] or [draft]
        parts = await self._dangers_apart(turn, parts)
        cases = [(await assembled(turn, part))[0] for part in parts]
        filed = await self._file(turn, cases, draft)
        for part, one in zip(parts, filed, strict=True):
            turn.remember(turn.talk.file(Filed(one.tracking_code or one.case_number, part, turn.at)))
        if draft.dangers:
            await self._stand_down(turn)
        if filed[0].followed:
            say_followed(turn, filed[0], cases[0].lead_unit or "")
        elif len(filed) == 1:
            say_receipt(turn, filed[0], cases[0].lead_unit or "")
        else:
            say_receipts(turn, [(one, case.lead_unit or "") for one, case in zip(filed, cases, strict=True)])
        return go_on(turn)

    @staticmethod
    async def _stand_down(turn: Turn) -> None:
        """The case is filed whatever becomes of this."""
        try:
            await stand_down(turn)
        except Exception:
            log.exception("danger.not_stood_down", inbox_id=turn.inbox_id)

    @staticmethod
    async def _dangers_apart(turn: Turn, parts: list[Draft]) -> list[Draft]:
        """Of several matters only those that tell of a danger are filed as one; when none does by itself, the first."""
        if len(parts) == 1 or not parts[0].dangers:
            return parts
        find = turn.services.understander.find_emergency
        told = [await asyncio.to_thread(find, part.content) is not None for part in parts]
        if not any(told):
            told[0] = True
        return [
            part if danger else replace(part, dangers=()) for part, danger in zip(parts, told, strict=True)
        ]

    @staticmethod
    async def _file(turn: Turn, cases: list[CaseDraft], draft: Draft) -> list[FiledCase]:
        """File the cases and join what was sent for the draft to each of them."""
        services = turn.services
        async with services.database.session() as session, session.begin():
            citizen = await present_citizen(session, services.vault, turn.citizen_id)
            if citizen is None:
                raise CaseError("The citizen was forgotten while the case was being filed.")
            filed = [
                await file_case(
                    session,
                    case,
                    vault=services.vault,
                    inbox_id=turn.inbox_id,
                    issue=issue,
                    citizen=citizen,
                    at=turn.at,
                    master=draft.alike if draft.follows else None,
                )
                for issue, case in enumerate(cases)
            ]
            for one in filed:
                await join(session, turn, one.tracking_code or one.case_number, citizen, draft.files)
            return filed

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


def go_on(turn: Turn) -> Events:
    """Events after a matter came to its end: nothing is open, or what was set aside for it is taken up again."""
    talk, draft = turn.talk.take_back("interrupted", "later")
    if draft is None:
        return [SlotSet("draft", None), SlotSet("confirmed", None), SlotSet("offer", None)]
    turn.remember(talk)
    turn.say("utter_back_to", matter=shorten(draft.matter_told, MATTER_SHOWN))
    draft = with_known_contact(draft, turn.talk, turn.at)
    # The form runs again in this very turn and puts its question itself: the words up to here were read.
    return [
        ActiveLoop("complaint_form"),
        SlotSet("draft", dump(replace(draft, read_to=turn.inbox_id))),
        SlotSet("confirmed", None),
        SlotSet("offer", None),
    ]

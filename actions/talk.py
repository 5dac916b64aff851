"""Steering outside the form: a person, a new start, and a "yes" to what was offered."""

from __future__ import annotations

from rasa_sdk.events import FollowupAction, SlotSet

from actions.complaint.draft import Draft, dump
from actions.complaint.reading import Utterance, says_yes
from actions.guard import Events, GuardedAction
from actions.turn import Turn


class RequestHuman(GuardedAction):
    """Says how to reach a person."""

    def name(self) -> str:
        """The name in ``domain.yml``."""
        return "action_request_human"

    async def act(self, turn: Turn) -> Events:
        """Say it."""
        turn.say("utter_request_human")
        return []


class RestartTalk(GuardedAction):
    """Forgets the complaint under way; nothing was filed from it."""

    def name(self) -> str:
        """The name in ``domain.yml``."""
        return "action_restart_talk"

    async def act(self, turn: Turn) -> Events:
        """Clear the draft."""
        turn.say("utter_restarted")
        return [SlotSet("draft", None), SlotSet("offer", None), SlotSet("confirmed", None)]


class AnswerOffer(GuardedAction):
    """Takes up or declines what the bot offered last."""

    def name(self) -> str:
        """The name in ``domain.yml``."""
        return "action_answer_offer"

    async def act(self, turn: Turn) -> Events:
        """File the unanswered question, or let it be."""
        offer = turn.tracker.get_slot("offer")
        if not offer:
            turn.say("utter_nothing_to_cancel" if turn.intent == "cancel" else "utter_nothing_offered")
            return []
        if turn.intent == "affirm" or says_yes(Utterance(turn.text, turn.at)):
            draft = Draft(matter=(offer["file"],), kind="咨询", read_to=turn.inbox_id)
            return [SlotSet("offer", None), SlotSet("draft", dump(draft)), FollowupAction("complaint_form")]
        turn.say("utter_declined")
        return [SlotSet("offer", None)]

"""Rasa's message processor, with failures that are failures and sessions that stay short."""

from __future__ import annotations

from typing import Any, Dict

from rasa.core.actions.action import Action, ActionExecutionRejection, RemoteAction
from rasa.core.channels.channel import UserMessage
from rasa.core.processor import MessageProcessor
from rasa.shared.core.events import UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from engine.faults import TurnAborted, TurnError
from engine.replies import CollectedReplies
from engine.request import TurnRequest

SESSION_EVENTS = 600
"""Events after which a new session begins once no form is open.

The action server gets every event of the session with every call (350 bytes each) and policies walk them: without an end
a talkative citizen's turn would cost more each day. Slots are carried over as with any new session.
"""


class _Watched(Action):
    """An action whose failure aborts the turn; Rasa itself would log it and go on without the action's events."""

    def __init__(self, action: Action) -> None:
        self._action = action

    def name(self) -> str:
        return self._action.name()

    def __str__(self) -> str:
        return str(self._action)

    def event_for_successful_execution(self, prediction: Any) -> Any:
        return self._action.event_for_successful_execution(prediction)

    async def run(self, *args: Any, **kwargs: Any) -> Any:
        try:
            return await self._action.run(*args, **kwargs)
        except ActionExecutionRejection:
            raise
        except Exception as error:
            message = f"Action {self.name()} failed in the engine: {type(error).__name__}."
            raise TurnAborted(TurnError(500, "engine", message)) from error


class TurnProcessor(MessageProcessor):
    """Takes one turn; see :class:`rasa.core.processor.MessageProcessor` for the rest."""

    async def take(self, turn: TurnRequest, replies: CollectedReplies) -> None:
        """Run one turn to its end; what the bot says lands in ``replies``.

        Raises:
            TurnAborted: An action failed.
            TurnError: The turn names an intent that the model does not know.
        """
        if turn.intent is None:
            message = UserMessage(
                turn.text,
                replies,
                str(turn.conversation),
                input_channel=turn.channel,
                message_id=str(turn.inbox_id),
                metadata=turn.metadata,
                parse_data=None if turn.text else self._nothing_said(),
            )
            await self.handle_message(message)
            return
        if turn.intent not in self.domain.intents:
            raise TurnError(400, "unknown_intent", f"The model has no intent {turn.intent}.")
        tracker = await self.fetch_tracker_and_update_session(str(turn.conversation), replies, turn.metadata)
        said = UserUttered.create_external(turn.intent, turn.entities, turn.channel)
        said.metadata = {**said.metadata, **turn.metadata}
        said.parse_data["metadata"] = said.metadata  # type: ignore[typeddict-unknown-key]
        tracker.update(said, self.domain)
        tracker = await self.run_action_extract_slots(replies, tracker)
        await self._run_prediction_loop(replies, tracker)
        await self.save_tracker(tracker)

    def _nothing_said(self) -> Dict[str, Any]:
        """What is understood of an empty message; the classifier would raise for want of features."""
        known = "nlu_fallback" in self.domain.intents
        return {
            "text": "",
            "intent": {"name": "nlu_fallback" if known else None, "confidence": 1.0 if known else 0.0},
            "entities": [],
        }

    async def _run_action(self, action: Action, *args: Any, **kwargs: Any) -> bool:
        watched = action if isinstance(action, RemoteAction) else _Watched(action)
        return await super()._run_action(watched, *args, **kwargs)

    def _has_session_expired(self, tracker: DialogueStateTracker) -> bool:
        if super()._has_session_expired(tracker):
            return True
        return (
            self.domain.session_config.are_sessions_enabled()
            and len(tracker.events) > SESSION_EVENTS
            and tracker.active_loop is None
        )

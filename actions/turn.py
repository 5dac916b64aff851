"""What an action sees of one turn, and how it speaks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.services import Services
from bot.errors import DialogueError
from bot.messages import Button


@dataclass(frozen=True, slots=True)
class Turn:
    """One message of one citizen while an action works on it.

    Attributes:
        services: What the process offers: database, understanding, knowledge, clocks.
        dispatcher: Where the bot's words go; use :meth:`say`.
        tracker: Rasa's view of the talk.
        text: What the citizen said.
        at: When it was said; every relative time counts from here.
        inbox_id: The message's number; filing is keyed by it.
        citizen_id: Whose talk this is.
        channel: Name of the channel.
        intent: What the engine took it for.
        intent_confidence: 0..1.
    """

    services: Services
    dispatcher: CollectingDispatcher
    tracker: Tracker
    text: str
    at: datetime
    inbox_id: int
    citizen_id: UUID
    channel: str
    intent: str
    intent_confidence: float

    @classmethod
    def of(cls, services: Services, dispatcher: CollectingDispatcher, tracker: Tracker) -> Turn:
        """Read the turn from a tracker.

        Raises:
            DialogueError: The engine passed no inbox id or time: the call did not come through our connector.
        """
        message = tracker.latest_message or {}
        metadata = message.get("metadata") or {}
        intent = message.get("intent") or {}
        try:
            return cls(
                services=services,
                dispatcher=dispatcher,
                tracker=tracker,
                text=(message.get("text") or "").strip(),
                at=datetime.fromisoformat(metadata["sent_at"]),
                inbox_id=int(metadata["inbox_id"]),
                citizen_id=UUID(tracker.sender_id),
                channel=str(metadata.get("channel", "")),
                intent=intent.get("name") or "",
                intent_confidence=float(intent.get("confidence") or 0.0),
            )
        except (KeyError, ValueError, TypeError) as error:
            raise DialogueError(
                "The action call carries no usable inbox_id, sent_at or sender id."
            ) from error

    def say(
        self,
        response: str,
        *,
        buttons: tuple[Button, ...] = (),
        data: dict[str, Any] | None = None,
        **values: str,
    ) -> None:
        """Utter one response of ``nlu/responses.yml``, its gaps filled from ``values``."""
        self.dispatcher.utter_message(
            response=response,
            buttons=[{"title": button.title, "payload": button.says} for button in buttons],
            json_message=data,
            **values,
        )

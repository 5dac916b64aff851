"""What an action sees of one turn, and how it speaks."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from pydantic import ValidationError
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.services import Services
from actions.talk import Pending, Talk, dump_talk, load_talk
from bot.errors import DialogueError
from bot.messages import Button

TRIAGE = "action_triage_message"
log = structlog.get_logger(__name__)


class Memory:
    """The talk as the turn found it and as it leaves it.

    What waited for a yes is taken out at once: it is for the next words only, whatever becomes of them.
    """

    def __init__(self, slot: Any) -> None:
        self.before = slot
        try:
            talk = load_talk(slot)
        except ValidationError:  # written by an incompatible version: the citizen must not be stuck with it
            log.warning("talk.unreadable")
            talk = Talk()
        self.pending = talk.pending
        self.talk = replace(talk, pending=None)

    def changed(self) -> dict[str, Any] | None:
        """The slot's new value, or None when nothing is new."""
        after = dump_talk(self.talk)
        return None if after == (self.before or {}) else after


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
        since_last: How long ago the citizen spoke before this; None at the first word.
        memory: What the talk remembers; use :attr:`talk` and :meth:`remember`.
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
    since_last: timedelta | None = None
    memory: Memory = field(default_factory=lambda: Memory(None), repr=False)

    @property
    def talk(self) -> Talk:
        """What the talk remembers now."""
        return self.memory.talk

    @property
    def key(self) -> str:
        """Names the turn for what must be done once however often it is taken."""
        return f"inbox {self.inbox_id}"

    @property
    def pending(self) -> Pending | None:
        """What the turn before asked to confirm."""
        return self.memory.pending

    @property
    def payload(self) -> dict[str, Any]:
        """What came with the words: ``attachments``, a ``location``."""
        return (self.tracker.latest_message or {}).get("metadata") or {}

    def remember(self, talk: Talk) -> None:
        """Keep ``talk``; the guard writes it when the action is done."""
        self.memory.talk = talk

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
                since_last=_since_last(tracker, metadata),
                memory=Memory(tracker.get_slot("talk")),
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

    def was_looked_at(self) -> bool:
        """Whether the triage ran in this very turn: then what it looks at first was looked at."""
        for event in reversed(self.tracker.events or []):
            if event.get("event") == "user":
                return False
            if event.get("event") == "action" and event.get("name") == TRIAGE:
                return True
        return False

    def say_again(self) -> bool:
        """Repeat what the bot said last.

        Returns:
            Whether it had said anything.
        """
        said: list[str] = []
        turns = 0
        for event in reversed(self.tracker.events or []):
            if event.get("event") == "user":
                turns += 1
                if said or turns > 1:
                    break
            elif event.get("event") == "bot" and event.get("text"):
                said.append(event["text"])
        for words in reversed(said):
            self.dispatcher.utter_message(text=words)
        return bool(said)


def _since_last(tracker: Tracker, metadata: dict[str, Any]) -> timedelta | None:
    """The time between this message and the citizen's last one, from the events of the session."""
    moments = [
        _came(event["metadata"])
        for event in tracker.events or ()
        if event.get("event") == "user" and (event.get("metadata") or {}).get("sent_at")
    ]
    return _came(metadata) - moments[-2] if len(moments) >= 2 else None


def _came(metadata: dict[str, Any]) -> datetime:
    """When a message came into the talk: what was told in a call comes when the call goes on here."""
    return datetime.fromisoformat((metadata.get("call") or {}).get("continued_at") or metadata["sent_at"])

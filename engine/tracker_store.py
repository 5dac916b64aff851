"""Rasa's memory of conversations in PostgreSQL: one sealed row a turn, written together with the turn's replies."""

from __future__ import annotations

import os
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, Dict, Iterable, Iterator, List, Optional
from uuid import UUID

from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.constants import ACTION_SESSION_START_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, Event, deserialise_events
from rasa.shared.core.trackers import DialogueStateTracker

from engine.cache import Conversations, Held
from engine.database import TurnTables
from engine.faults import TurnError
from engine.sealing import Seal

Replies = List[Dict[str, Any]]


@dataclass
class OpenTurn:
    """A turn under way: what the store needs to know besides the tracker.

    Attributes:
        conversation: Whose turn.
        inbox_id: The message that is answered.
        seal: The citizen's key.
        seq: The number this turn will have.
        saved: How many of the tracker's events are on disk already.
        tracker: The tracker as Rasa saved it at the turn's end.
    """

    conversation: UUID
    inbox_id: int
    seal: Seal
    seq: int
    saved: int = 0
    tracker: Optional[DialogueStateTracker] = field(default=None, repr=False)


_turn: ContextVar[OpenTurn] = ContextVar("turn")


def _starts_session(event: Event) -> bool:
    return isinstance(event, ActionExecuted) and event.action_name == ACTION_SESSION_START_NAME


def _last_session(events: List[Event]) -> List[Event]:
    """The events from the last session's start on, which is all that Rasa's stores hand back."""
    starts = [index for index, event in enumerate(events) if _starts_session(event)]
    return events[starts[-1] :] if starts else events


class PostgresTrackerStore(TrackerStore):
    """The tracker store of ``endpoints.yml``.

    A turn runs between :meth:`open_turn` and :meth:`keep`; in between Rasa retrieves and saves as it likes, and only
    :meth:`keep` writes. A crash before it leaves the turn untaken: it is simply taken again.

    Args:
        domain: Rasa's domain.
        event_broker: Refused; events carry personal text and stay here.
        url: PostgreSQL; default is ``SUDA_ENGINE_DATABASE_URL``.
        cached_events: Events of recent conversations held in memory.
    """

    def __init__(
        self,
        domain: Optional[Domain] = None,
        event_broker: Any = None,
        url: Optional[str] = None,
        cached_events: int = 30_000,
        **_: Any,
    ) -> None:
        super().__init__(domain, None)
        url = url or os.environ.get("SUDA_ENGINE_DATABASE_URL")
        if not url:
            raise SystemExit("The engine has no database: set SUDA_ENGINE_DATABASE_URL.")
        if event_broker is not None:
            raise SystemExit(
                "endpoints.yml names an event_broker: it would carry personal text in the clear."
            )
        self.tables = TurnTables(url, connections=int(os.environ.get("SUDA_ENGINE_DATABASE_POOL", "4")))
        self.recent = Conversations(cached_events)

    async def recorded_replies(
        self, conversation: UUID, inbox_id: int, seal: Seal
    ) -> "tuple[int, Optional[Replies]]":
        """The conversation's last turn number, and the replies if this message was answered before.

        Raises:
            TurnError: The message belongs to another conversation (409), or another key sealed it.
        """
        record = await self.tables.recorded(conversation, inbox_id)
        if record.replies is None:
            return record.seq, None
        if record.conversation != conversation:
            raise TurnError(409, "other_conversation", "This inbox_id belongs to another conversation.")
        return record.seq, seal.open(record.replies, f"turn {inbox_id}")

    @contextmanager
    def open_turn(self, conversation: UUID, inbox_id: int, seal: Seal, seq: int) -> Iterator[OpenTurn]:
        """Everything that Rasa retrieves and saves inside belongs to this turn; ``seq`` is the last turn's number."""
        turn = OpenTurn(conversation, inbox_id, seal, seq + 1)
        token = _turn.set(turn)
        try:
            yield turn
        finally:
            _turn.reset(token)

    async def keep(self, turn: OpenTurn, replies: Replies) -> None:
        """Write the turn's new events and its replies in one transaction, then hold the conversation in memory.

        Raises:
            TurnError: It could not be written; then nothing of the turn exists.
        """
        tracker = turn.tracker
        if tracker is None:
            raise TurnError(500, "engine", "The turn ended without a saved conversation.")
        events = list(tracker.events)
        new = events[turn.saved :]
        await self.tables.keep(
            turn.conversation,
            turn.seq,
            any(map(_starts_session, new)),
            turn.seal.close([event.as_dict() for event in new], f"{turn.conversation} {turn.seq}"),
            turn.inbox_id,
            turn.seal.close(replies, f"turn {turn.inbox_id}"),
        )
        self.recent.put(turn.conversation, Held(_last_session(events), turn.seq, turn.seal.mark))

    async def retrieve(self, sender_id: str) -> Optional[DialogueStateTracker]:
        """The conversation's last session, replayed from its events as Rasa's own stores do.

        The events come from memory, or else from the rows since that session began: so a citizen who has written for
        years costs no more than today's talk.
        """
        turn = self._turn(sender_id)
        if turn.seq == 1:
            return None
        held = self.recent.take(turn.conversation)
        if held is not None and held.seq == turn.seq - 1 and held.mark == turn.seal.mark:
            events = held.events
        else:
            events = await self._load(turn)
        turn.saved = len(events)
        tracker = self.init_tracker(sender_id)
        tracker.events.extend(events)
        tracker.replay_events()
        return tracker

    async def _load(self, turn: OpenTurn) -> List[Event]:
        rows = await self.tables.events(turn.conversation)
        if not rows or rows[-1][0] != turn.seq - 1:
            raise TurnError(503, "conflict", "Another engine has moved this conversation on.")
        events: List[Event] = []
        for seq, data in rows:
            events.extend(deserialise_events(turn.seal.open(data, f"{turn.conversation} {seq}")))
        return _last_session(events)

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Remember the tracker for :meth:`keep`; Rasa also calls this with a tracker that has no events yet."""
        if tracker.events:
            self._turn(tracker.sender_id).tracker = tracker

    async def forget(self, conversation: UUID) -> None:
        """Drop a conversation from memory and from the database."""
        self.recent.take(conversation)
        await self.tables.forget(conversation)

    async def keys(self) -> Iterable[str]:
        """Refused: nothing in the engine may go through all conversations."""
        raise TurnError(405, "refused", "Conversations cannot be listed.")

    @staticmethod
    def _turn(sender_id: str) -> OpenTurn:
        turn = _turn.get(None)
        if turn is None or str(turn.conversation) != sender_id:
            raise TurnError(500, "engine", "A conversation was asked for outside its turn.")
        return turn

"""A talk without the engine: actions of the domain over messages that carry files, voice notes, a location."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import yaml
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.complaint.draft import Draft, dump, load
from actions.services import Services
from actions.talk import dump_talk
from actions.turn import Turn
from bot.attachments import Received, store_of
from bot.attachments.keeping import Keeper
from bot.attachments.scan import Scanner
from bot.clock import CITY
from bot.connector.media import Fetched
from bot.identity import CitizenRef
from bot.settings import PROJECT, Settings
from bot.storage import Database
from bot.storage.secrets import get_vault
from tests.unit.attachments import pictures as make

AT = datetime(2026, 11, 23, 15, tzinfo=CITY)
WORDING = yaml.safe_load((PROJECT / "nlu" / "responses.yml").read_text(encoding="utf-8"))["responses"]


@dataclass
class Talk:
    """One citizen's talk, without the engine: what each message carries, and what the bot says."""

    services: Services
    citizen: CitizenRef
    events: list[dict[str, Any]] = field(default_factory=list)
    slots: dict[str, Any] = field(default_factory=dict)
    at: datetime = AT
    inbox_id: int = 0

    def turn(
        self, text: str = "", *files: Received, location: Any = None, after: float = 60, speech: Any = None
    ) -> Turn:
        """The citizen's next message, ``after`` seconds later."""
        self.inbox_id += 1
        self.at += timedelta(seconds=after)
        metadata: dict[str, Any] = {
            "inbox_id": self.inbox_id,
            "sent_at": self.at.isoformat(),
            "channel": "letter",
        }
        if files:
            metadata["attachments"] = json.loads(json.dumps([file.as_json() for file in files]))
        if location is not None:
            metadata["location"] = location
        if speech is not None:
            metadata["speech"] = speech
        self.events.append({"event": "user", "text": text, "metadata": metadata})
        return self.again()

    def again(self) -> Turn:
        """The same message, taken once more."""
        said = next(event for event in reversed(self.events) if event["event"] == "user")
        message = {"text": said["text"], "metadata": said["metadata"], "intent": {}}
        tracker = Tracker(
            str(self.citizen.id),
            dict(self.slots),
            message,
            self.events,
            False,
            None,
            {},
            "action_listen",
        )
        return Turn.of(self.services, CollectingDispatcher(), tracker)

    def ends(self, turn: Turn) -> list[str]:
        """What was said in the turn, as the citizen reads it; the talk's memory is kept."""
        self.slots["talk"] = dump_talk(turn.talk)
        return said_in(turn.dispatcher)

    async def does(self, action: Any, turn: Turn) -> list[str]:
        """Run an action of the domain in a turn, with its guard."""
        dispatcher = CollectingDispatcher()
        for event in await action(self.services).run(dispatcher, turn.tracker, {}):
            if event["event"] == "slot":
                self.slots[event["name"]] = event["value"]
        return said_in(dispatcher)

    @property
    def draft(self) -> Draft:
        return load(self.slots.get("draft"))


def said_in(dispatcher: Any) -> list[str]:
    lines = []
    for message in dispatcher.messages:
        text = WORDING[message["response"]][0]["text"] if message.get("response") else message["text"]
        values = {name: value for name, value in message.items() if isinstance(value, str)}
        lines.append(text.format(**values) if message.get("response") else text)
    return lines


def services_of(database: Database, folder: Path, content: Path = PROJECT / "content") -> Services:
    """Services without the models: nothing here needs words to be understood."""
    settings = Settings(_env_file=None, data_dir=folder, content_dir=content)
    understander = SimpleNamespace(find_emergency=lambda *_args, **_options: None)
    return Services(
        settings=settings,
        database=database,
        vault=get_vault(settings),
        understander=cast("Any", understander),
        dispatcher=cast("Any", None),
        knowledge=cast("Any", None),
    )


async def sent(talk: Talk, content: bytes | None = None, kind: Any = "photo") -> Received:
    """A file that the worker kept, as the dialogue is told of it."""
    keeper = Keeper(talk.services.database, store_of(talk.services.settings), Scanner(None))
    sent.counter += 1  # type: ignore[attr-defined]
    return await keeper.keep(talk.citizen, sent.counter, 0, kind, Fetched(content or make.photo()))  # type: ignore[attr-defined]


sent.counter = 1000  # type: ignore[attr-defined]


def in_form(talk: Talk, draft: Draft, question: str) -> None:
    talk.slots |= {"draft": dump(replace(draft, read_to=talk.inbox_id)), "requested_slot": question}

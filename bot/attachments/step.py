"""Before the engine takes a turn: the files that a message names are fetched and kept, and the dialogue is told of them."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, replace
from typing import Any

import structlog

from bot.attachments.keeping import Keeper
from bot.attachments.model import AWAY, MOST, TOO_MANY, Received, kind_of, limit_of
from bot.attachments.signs import Signs
from bot.attachments.spoken import Spoken, together
from bot.attachments.store import StoreAway
from bot.connector.media import Fetched, Fetcher
from bot.errors import MediaRefused, PlatformAway, RateLimited, SpeechError
from bot.identity import CitizenRef
from bot.intake.turns import TryAgain, Waiting, pause

_log = structlog.get_logger(__name__)

PATIENT_TRIES = 40
"""So often a file is asked for while the platform or the store is away: with the pauses between, about ten minutes. Then the turn goes on
without it; WeChat keeps a file for three days, so the citizen is asked to send it again and nothing is lost."""

HEARD_TRIES = 5
"""So often a voice note is brought to a speech process that does not answer: it is being started anew."""
REMEMBERED = 200
"""Voice notes whose words are known while their turn waits for the engine."""


Transcribe = Callable[[bytes], Awaitable[Spoken | None]]
"""A recording's bytes -> what was heard, None where nobody hears yet; raises SpeechError where it may be asked again."""


@dataclass(frozen=True, slots=True)
class Arrived:
    """A file of a message that is being taken in."""

    received: Received
    spoken: Spoken | None = None


class MediaStep:
    """Takes a message's files in; one a worker process.

    Args:
        keeper: Keeps them.
        fetchers: Each channel's way of fetching.
        transcribe: Hears voice notes; None: nobody does yet, the recording is kept and the citizen asked to type.
        signs: Shows the citizen meanwhile that their note is being heard.
    """

    def __init__(
        self,
        keeper: Keeper,
        fetchers: Mapping[str, Fetcher],
        transcribe: Transcribe | None = None,
        signs: Signs | None = None,
    ) -> None:
        self._keeper = keeper
        self._fetchers = fetchers
        self._transcribe = transcribe
        self._signs = signs
        self._heard: OrderedDict[tuple[int, int], Spoken | None] = OrderedDict()

    async def take(self, message: Waiting, *, tries: int) -> Waiting:
        """The message as the engine is to read it.

        ``payload["media"]`` has become ``payload["attachments"]``, a list of :class:`bot.attachments.model.Received`; a voice note's words
        are the message's text, behind what was written with it. Run again it fetches only what was not kept.

        Args:
            message: The message.
            tries: How often its job ran before.

        Raises:
            TryAgain: The platform or the store is away; the messages behind this one wait, too.
        """
        named = message.payload.get("media")
        if not isinstance(named, list) or not named:
            return message
        media = [medium if isinstance(medium, dict) else {} for medium in named]
        known = await self._keeper.known(CitizenRef(message.citizen_id, message.key), message.inbox_id)
        heard = self._transcribe is not None and any(kind_of(medium) == "voice" for medium in media)
        with self._signs.during(message) if heard and self._signs is not None else nullcontext():
            arrived = [
                await self._known(message, position, medium, known[position], tries)
                if position in known
                else await self._take_one(message, position, medium, tries)
                for position, medium in enumerate(media)
            ]
        spoken = [one.spoken for one in arrived if one.spoken is not None]
        said = together(spoken)
        payload = {name: value for name, value in message.payload.items() if name != "media"}
        payload["attachments"] = [one.received.as_json() for one in arrived]
        if spoken:
            payload["speech"] = said.as_json()
        return replace(message, payload=payload, text="，".join(filter(None, (message.text, said.words))))

    async def _take_one(self, message: Waiting, position: int, medium: dict[str, Any], tries: int) -> Arrived:
        kind, citizen = kind_of(medium), CitizenRef(message.citizen_id, message.key)
        try:
            fetched = await self._fetch(message, position, medium)
            received = await self._keeper.keep(citizen, message.inbox_id, position, kind, fetched)
        except MediaRefused as refused:
            code = refused.code
        except (PlatformAway, RateLimited, StoreAway) as error:
            _log.warning("attachment_waits", inbox_id=message.inbox_id, error=type(error).__name__)
            if tries < PATIENT_TRIES:
                after = getattr(error, "after", None) or pause(tries)
                raise TryAgain("A file cannot be fetched or kept now.", after=after) from error
            code = AWAY
        else:
            if kind != "voice" or received.id is None:
                return Arrived(received)
            return Arrived(received, await self._words(message, position, fetched, tries))
        return Arrived(await self._keeper.refuse(citizen.id, message.inbox_id, position, kind, code))

    async def _known(
        self, message: Waiting, position: int, medium: dict[str, Any], received: Received, tries: int
    ) -> Arrived:
        """What an earlier run kept. Its words went with that run, so a voice note is heard again if it was not here."""
        if received.kind != "voice" or received.id is None or self._transcribe is None:
            return Arrived(received)
        place = (message.inbox_id, position)
        if place in self._heard:
            return Arrived(received, self._heard[place])
        try:
            fetched = await self._fetch(message, position, medium)
        except (MediaRefused, PlatformAway, RateLimited):
            _log.warning("voice_note_not_heard", inbox_id=message.inbox_id)
            return Arrived(received)
        return Arrived(received, await self._words(message, position, fetched, tries))

    async def _words(self, message: Waiting, position: int, fetched: Fetched, tries: int) -> Spoken | None:
        if self._transcribe is None:
            return None
        try:
            spoken = await self._transcribe(fetched.content)
        except SpeechError as error:
            _log.warning("voice_note_waits", inbox_id=message.inbox_id, tries=tries)
            if tries < HEARD_TRIES:
                raise TryAgain("A voice note cannot be heard now.", after=pause(tries)) from error
            return None  # it is kept, and the citizen is asked to type
        self._heard[message.inbox_id, position] = spoken
        if len(self._heard) > REMEMBERED:
            self._heard.popitem(last=False)
        return spoken

    async def _fetch(self, message: Waiting, position: int, medium: dict[str, Any]) -> Fetched:
        if position >= MOST:
            raise MediaRefused(TOO_MANY)
        fetcher = self._fetchers.get(message.channel)
        if fetcher is None:
            raise MediaRefused("gone")  # the channel was switched off since, or never had files
        return await fetcher.fetch(medium, limit=limit_of(kind_of(medium)))

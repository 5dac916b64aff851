"""Many citizens at once, each waiting for the reply before saying the next thing."""

from __future__ import annotations

import asyncio
import random
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field

from bench.citizen import Citizen, case_number
from bot.clock import now
from bot.errors import DialogueError
from bot.messages import Reply
from serve.session import Caller


@dataclass(slots=True)
class Conversation:
    """What one citizen remembers.

    Attributes:
        sender: Who.
        heard: Id of each message -> the replies to it.
        number: Of the case that was filed.
        ended: It came to its end: a case, or no more patience.
    """

    sender: str
    heard: dict[str, list[Reply]] = field(default_factory=dict)
    number: str | None = None
    ended: bool = False


@dataclass(slots=True)
class Crowd:
    """Citizens and what happened to them.

    Attributes:
        caller: How they reach the system.
        seed: Their lives; the same seed, the same lives.
        latencies: Seconds from each message to its reply, in order of the replies.
        conversations: What each remembers.
        errors: Messages that the system refused or did not answer within a minute.
        silent: Messages answered with nothing.
    """

    caller: Caller
    seed: int = 1
    latencies: list[float] = field(default_factory=list)
    conversations: list[Conversation] = field(default_factory=list)
    errors: int = 0
    silent: int = 0

    async def talk(self, citizens: int, enough: Callable[[], bool], *, finish: bool = False) -> None:
        """Let ``citizens`` talk, one conversation after the other.

        Args:
            citizens: How many at the same time.
            enough: True once no further turn (with ``finish``: no further conversation) shall begin.
            finish: Bring begun conversations to their end.
        """

        async def one(lives: random.Random) -> None:
            while not enough():
                await self._converse(Citizen(lives.random()), enough, finish=finish)

        rng = random.Random(self.seed)  # noqa: S311 - lives, not secrets
        await asyncio.gather(*(one(random.Random(rng.random())) for _ in range(citizens)))  # noqa: S311

    async def _converse(self, citizen: Citizen, enough: Callable[[], bool], *, finish: bool) -> None:
        conversation = Conversation(f"bench-{uuid.uuid4().hex[:16]}")
        self.conversations.append(conversation)
        text: str | None = citizen.open()
        while text is not None and conversation.number is None:
            replies = await self._say(conversation, text)
            conversation.number = case_number(replies)
            if enough() and not finish:
                conversation.ended = conversation.number is not None
                return
            text = citizen.answer(" ".join(reply.text for reply in replies))
        conversation.ended = True

    async def _say(self, conversation: Conversation, text: str) -> list[Reply]:
        message_id = uuid.uuid4().hex
        began = time.perf_counter()
        replies: list[Reply] = []
        try:
            replies = await self.caller.say(conversation.sender, message_id, text, now())
        except DialogueError:
            self.errors += 1
        else:
            self.silent += not replies
        conversation.heard[message_id] = replies
        self.latencies.append(time.perf_counter() - began)
        return replies

    @property
    def unfinished(self) -> int:
        """Conversations that ended without a case."""
        return sum(one.ended and one.number is None for one in self.conversations)

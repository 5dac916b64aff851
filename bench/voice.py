"""A voice note from webhook to reply, alone and with text turns beside it, on a messaging platform's stand-in.

python -m bench.voice wechat|telegram [--notes 6] [--turns 60] [--learnt var] [--weights var/speech/test-base.pt]

The whole system runs as processes, the stand-in here, everything on loopback. First notes alone, one after the other; then
text turns alone, one each ``--every`` seconds; then the same turns while there is always a note under way. Each note and each
conversation is another citizen's.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count, cycle
from pathlib import Path
from statistics import median
from typing import Annotated, Any

import typer

from bench.citizen import Citizen
from bench.installation import own_folder, started
from bench.processes import cpu_of, usage
from bench.recordings import notes_of
from bench.stand_ins import Line, StandIn, open_stand_in
from bot.errors import ConfigError
from bot.intake.wording import KEPT, STILL_HEARING
from bot.settings import PROJECT
from serve.cli.output import emit, utf8_output
from serve.supervisor.instance import Running, find_running

WITHIN = 120.0
"""Seconds after which a note or a turn counts as unanswered."""
READY_WITHIN = 180.0
"""Seconds in which the speech process has to hear its first note."""
LOOK = 0.02
TALKERS = 12
"""Citizens who write in turn: nobody writes again before the answer is there."""
_NOTICES = (KEPT.text, STILL_HEARING.text)
_READ_BACK = "我听到的是"


@dataclass(frozen=True, slots=True)
class Answered:
    """One message and what came of it.

    Attributes:
        seconds: From the message to the first words of the answer, by the platform's clock.
        sign: Seconds to the first sign that Suda is at it; None: there was none.
        text: The answer.
    """

    seconds: float
    sign: float | None
    text: str


def main(
    platform: Annotated[str, typer.Argument(help="wechat or telegram")],
    notes: Annotated[int, typer.Option(min=1, max=100, help="Voice notes alone.")] = 6,
    turns: Annotated[int, typer.Option(min=1, max=2000, help="Text turns, alone and beside notes.")] = 60,
    every: Annotated[float, typer.Option(min=0.01, help="Seconds between two text turns.")] = 1.0,
    seconds: Annotated[float, typer.Option(min=1, max=60, help="Length of a note.")] = 10.0,
    clips: Annotated[Path, typer.Option(help="Folder of .wav clips that notes are made of.")] = (
        PROJECT.parent / "shared" / "data" / "audio" / "complaints"
    ),
    weights: Annotated[Path, typer.Option(help="Whisper's weights.")] = (
        PROJECT / "var" / "speech" / "test-base.pt"
    ),
    learnt: Annotated[
        Path | None, typer.Option(help="Data folder whose models and caches are taken over.")
    ] = None,
) -> None:
    """Measure; exit code 1 when a note or a turn was not answered, or a note was not heard."""
    utf8_output()
    os.environ.setdefault("SUDA_SPEECH_MODEL", str(weights.resolve()))
    os.environ.setdefault("SUDA_SPEECH_THREADS", "1")
    with own_folder(learnt) as folder:
        outcome = asyncio.run(_run(platform, folder, clips, notes, turns, every, seconds))
    emit(outcome)
    raise typer.Exit(1 if outcome["unanswered"] or outcome["not heard"] else 0)


async def _run(
    platform: str, folder: Path, clips: Path, notes: int, turns: int, every: float, seconds: float
) -> dict[str, Any]:
    async with open_stand_in(platform, faults=False) as stand_in:
        recordings = cycle(notes_of(clips, stand_in.coding, seconds))
        os.environ.update(stand_in.environment)
        with started(folder, port=stand_in.port) as system:
            await stand_in.ready()
            scene = _Scene(stand_in, system.running, folder, recordings.__next__)
            await scene.warm_up()
            before = scene.cpu()
            alone = [await scene.note() for _ in range(notes)]
            speech = (scene.cpu() - before) / notes
            texts = await scene.texts(turns, every)
            async with scene.notes_all_the_time() as beside:
                texts_beside = await scene.texts(turns, every)
            memory = usage(scene.running)
    everything = [*alone, *texts, *beside, *texts_beside]
    return {
        "platform": platform,
        "note_s": seconds,
        "notes_alone": _figures(alone) | _signs(alone),
        "speech_cpu_s_per_note": round(speech, 2),
        "texts_alone": _figures(texts),
        "texts_beside": _figures(texts_beside),
        "notes_beside": _figures(beside) | _signs(beside),
        "memory_mb": {name: round(one.rss / 2**20) for name, one in memory.items()},
        "load_average": round(os.getloadavg()[0], 1),
        "unanswered": sum(one is None for one in everything),
        "not heard": sum(one is not None and _READ_BACK not in one.text for one in (*alone, *beside)),
    }


class _Scene:
    """The running system and its citizens."""

    def __init__(
        self, stand_in: StandIn, running: Running, folder: Path, recording: Callable[[], bytes]
    ) -> None:
        self.running = running
        self._stand_in = stand_in
        self._folder = folder
        self._recording = recording
        self._numbers = count(1)

    def cpu(self) -> float:
        """Seconds of CPU of the speech process; after :meth:`warm_up`."""
        return cpu_of(self.running)["speech"]

    async def warm_up(self) -> None:
        """Until a note was heard, and a few texts were answered.

        Raises:
            ConfigError: Nothing is heard: the packages or the weights are missing, or do not load in time.
        """
        end = time.monotonic() + READY_WITHIN
        while "speech" not in self.running.processes:  # it may start after the system is ready
            if time.monotonic() > end:
                raise ConfigError("The system does not hear: its packages or the weights are missing.")
            await asyncio.sleep(0.5)
            self.running = find_running(self._folder) or self.running
        while (heard := await self.note()) is None or _READ_BACK not in heard.text:
            if time.monotonic() > end:
                raise ConfigError("The speech process did not hear a note in time.")
        await self.texts(8, 0.5)

    async def note(self) -> Answered | None:
        """One voice note of a citizen who never wrote before."""
        who = self._stand_in.address(next(self._numbers))
        return await self._answer(who, self._stand_in.speak(who, self._recording()))

    async def texts(self, turns: int, every: float) -> list[Answered | None]:
        """So many text turns, begun at even distances whatever became of those before."""
        talkers = [_Talker(self._stand_in.address(next(self._numbers)), n) for n in range(TALKERS)]
        began, tasks = time.monotonic(), []
        for number in range(turns):
            await asyncio.sleep(max(0.0, began + number * every - time.monotonic()))
            tasks.append(asyncio.create_task(self._text(talkers[number % TALKERS])))
        return list(await asyncio.gather(*tasks))

    @asynccontextmanager
    async def notes_all_the_time(self) -> AsyncIterator[list[Answered | None]]:
        """While the block runs a note is being heard, and the next comes as soon as it is answered."""
        answered: list[Answered | None] = []
        over = asyncio.Event()

        async def speak() -> None:
            while not over.is_set():
                answered.append(await self.note())

        speaking = asyncio.create_task(speak())
        try:
            yield answered
        finally:
            over.set()
            await speaking

    async def _text(self, talker: _Talker) -> Answered | None:
        async with talker.lock:
            heard = "\n".join(self._stand_in.heard(talker.who)[talker.known :])
            talker.known = len(self._stand_in.heard(talker.who))
            return await self._answer(talker.who, self._stand_in.say(talker.who, talker.next_words(heard)))

    async def _answer(self, who: str, sending: Any) -> Answered | None:
        """Send something and wait for the first thing that is said to it."""
        known, signs = len(self._stand_in.talk(who)), len(self._stand_in.signs(who))
        brought = asyncio.ensure_future(sending)
        end = time.monotonic() + WITHIN
        try:
            while time.monotonic() < end:
                if (found := _answer_in(self._stand_in.talk(who)[known:])) is not None:
                    said, reply = found
                    seen = self._stand_in.signs(who)[signs:]
                    sign = _seconds(said.at, seen[0]) if seen else None
                    return Answered(_seconds(said.at, reply.at), sign, reply.text)
                await asyncio.sleep(LOOK)
            return None
        finally:
            await brought


class _Talker:
    """A citizen who writes one thing after the other, and begins another matter when one is filed or given up."""

    def __init__(self, who: str, number: int) -> None:
        self.who = who
        self.known = 0
        self.lock = asyncio.Lock()
        self._lives = (Citizen(number + part / 1000) for part in count())
        self._life: Citizen | None = None

    def next_words(self, heard: str) -> str:
        """What they say to what they heard."""
        words = None
        if self._life is not None and "登记好了" not in heard:
            words = self._life.answer(heard)
        if words is None:
            self._life = next(self._lives)
            words = self._life.open()
        return words


def _answer_in(lines: Sequence[Line]) -> tuple[Line, Line] | None:
    """What was said, and the first answer to it that is one."""
    said = next((line for line in lines if line.by_citizen), None)
    reply = next((line for line in lines if not line.by_citizen and line.text not in _NOTICES), None)
    return None if said is None or reply is None else (said, reply)


def _seconds(since: datetime, until: datetime) -> float:
    return (until - since) / timedelta(seconds=1)


def _figures(answered: Sequence[Answered | None]) -> dict[str, Any]:
    waits = sorted(one.seconds for one in answered if one is not None)
    if not waits:
        return {"count": 0}
    return {
        "count": len(waits),
        "median_s": round(median(waits), 3),
        "p95_s": round(waits[min(len(waits) - 1, int(len(waits) * 0.95))], 3),
        "worst_s": round(waits[-1], 3),
    }


def _signs(answered: Sequence[Answered | None]) -> dict[str, Any]:
    """How many saw a sign, and when the first and the last of them did."""
    signs = sorted(one.sign for one in answered if one is not None and one.sign is not None)
    if not signs:
        return {"signs": 0}
    return {"signs": len(signs), "first_sign_s": [round(signs[0], 2), round(signs[-1], 2)]}


if __name__ == "__main__":
    typer.run(main)

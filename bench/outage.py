"""A platform that is away for minutes: is everything told when it is back, in order and once?

python -m bench.outage wechat|telegram --seconds 600

The channel, a worker and the stand-in engine run here. Citizens write; then the platform refuses connections, and each of
them is told something once in a while. Exit code 1 when anything was lost, doubled or out of order.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.intake import push
from bot.messages import Reply
from bot.storage.migrate import upgrade
from serve.cli.output import emit, utf8_output
from serve.embedded_postgres import EmbeddedPostgres
from tests.support.platforms.telegram.town import telegram_town
from tests.support.town import Town
from tests.support.wechat_town import wechat_town

AFTER = 120.0
"""Seconds in which everything has to be told once the platform is back."""


@dataclass(frozen=True, slots=True)
class Scene:
    """A channel and its platform.

    Attributes:
        channel: Its name with us.
        town: Database and worker.
        say: A citizen writes.
        heard: What a citizen has seen, in order.
        away: The platform is away for so many seconds.
    """

    channel: str
    town: Town
    say: Callable[[str, str], Awaitable[Any]]
    heard: Callable[[str], Sequence[str]]
    away: Callable[[float], Awaitable[Any]]


def main(
    platform: Annotated[str, typer.Argument(help="wechat or telegram")],
    seconds: Annotated[float, typer.Option(min=1, help="How long it is away.")] = 600.0,
    citizens: Annotated[int, typer.Option(min=1, max=500)] = 10,
    every: Annotated[float, typer.Option(min=0.1, help="Seconds between two things each is told.")] = 60.0,
) -> None:
    """Measure one outage."""
    utf8_output()
    outcome = asyncio.run(_run(platform, seconds, citizens, every))
    emit(outcome)
    raise typer.Exit(1 if outcome["not told"] or outcome["other than was said"] else 0)


async def _run(platform: str, seconds: float, citizens: int, every: float) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        postgres = EmbeddedPostgres(Path(folder) / "database")
        postgres.start()
        try:
            await asyncio.to_thread(upgrade, postgres.url)
            async with _scene(platform, postgres.url, Path(folder)) as scene:
                return await _outage(
                    scene, seconds, [str(810_000 + number) for number in range(citizens)], every
                )
        finally:
            postgres.stop()


@asynccontextmanager
async def _scene(platform: str, url: str, folder: Path) -> AsyncIterator[Scene]:
    if platform == "wechat":
        async with wechat_town(url, folder) as wechat:
            there = wechat.platform
            yield Scene(platform, wechat.town, there.say, there.heard, lambda s: there.outage(s, "refuse"))
    elif platform == "telegram":
        async with telegram_town(url, folder) as made, made.open() as telegram:
            stand_in = telegram.telegram

            async def away(seconds: float) -> None:
                await stand_in.stop()
                asyncio.get_running_loop().call_later(
                    seconds, lambda: tasks.append(asyncio.ensure_future(stand_in.start()))
                )

            tasks: list[Any] = []
            yield Scene(
                platform,
                telegram.town,
                lambda who, text: stand_in.say(int(who), text),
                lambda who: stand_in.told(int(who)),
                away,
            )
    else:
        raise typer.BadParameter(f"There is no stand-in for {platform}.")


async def _outage(scene: Scene, seconds: float, who: Sequence[str], every: float) -> dict[str, Any]:
    for one in who:
        await scene.say(one, "你好")
    await _until(lambda: all(scene.heard(one) for one in who), 30)
    before = {one: len(scene.heard(one)) for one in who}
    began = time.monotonic()
    await scene.away(seconds)
    said: dict[str, list[str]] = {one: [] for one in who}
    while time.monotonic() - began < seconds - 1:
        for one in who:
            said[one].append(f"第{len(said[one]) + 1}条进展。")
            await _tell(scene, one, said[one][-1])
        await asyncio.sleep(min(every, max(0.0, seconds - 1 - (time.monotonic() - began))))
    await asyncio.sleep(max(0.0, began + seconds - time.monotonic()))
    back = time.monotonic()

    def heard(one: str) -> str:
        return "".join("".join(scene.heard(one)[before[one] :]).split())

    told = await _until(lambda: all(len(heard(one)) >= len("".join(said[one])) for one in who), AFTER)
    after = time.monotonic() - back
    states = await scene.town.fetch("SELECT count(*) FROM outbox WHERE state <> 'sent'")
    return {
        "platform": scene.channel,
        "away_s": seconds,
        "citizens": len(who),
        "said": sum(map(len, said.values())),
        "all_told_after_s": round(after, 1) if told else None,
        "not told": states[0][0],
        "other than was said": sum(heard(one) != "".join(said[one]) for one in who),
    }


async def _tell(scene: Scene, who: str, text: str) -> None:
    citizen = await scene.town.mailbox.find(scene.channel, who)
    if citizen is None:
        raise RuntimeError("A citizen who wrote is not known.")
    async with scene.town.database.session() as session, session.begin():
        await push(session, scene.town.vault, citizen, [Reply(text)], channel=scene.channel)


async def _until(true: Callable[[], bool], seconds: float) -> bool:
    for _ in range(int(seconds * 10)):
        if true():
            return True
        await asyncio.sleep(0.1)
    return true()


if __name__ == "__main__":
    typer.run(main)

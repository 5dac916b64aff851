"""Citizens on a messaging platform's stand-in, with its faults: is anything lost, doubled or out of order?

python -m bench.platforms wechat --citizens 200 --seconds 120 [--learnt var]

The whole system runs as processes; the stand-in runs here. Each citizen waits for the reply, thinks, and goes on until the time
is over; then everything that is under way is waited for and compared with the tables.
"""

from __future__ import annotations

import asyncio
import os
import random
import re
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

import psycopg
import typer

from bench.citizen import Citizen
from bench.installation import Started, own_folder, started
from bench.processes import cpu_of
from bench.stand_ins import StandIn, open_stand_in
from bot.choices import HINT
from bot.intake.sealed import open_reply
from bot.storage import libpq_url
from bot.storage.secrets import get_vault
from channels.wechat.sender import MENU_TAIL
from serve.cli.output import emit, utf8_output
from serve.places import database_url

SETTLE = 60.0
"""Seconds after the last word in which everything has to be told."""
_NUMBERED = re.compile(r"\n\d+\. [^\n]*")
_CASE = re.compile(r"SD-[0-9A-Z]{4}-[0-9A-Z]{5}")


@dataclass
class Life:
    """One citizen's side.

    Attributes:
        who: Address on the platform.
        said: Texts, in order.
        waits: Seconds from each message to the first thing seen after it.
        cases: Receipts seen.
    """

    who: str
    said: list[str] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)
    cases: int = 0


def main(
    platform: Annotated[str, typer.Argument(help="wechat or telegram")],
    citizens: Annotated[int, typer.Option(min=1, max=2000)] = 200,
    seconds: Annotated[float, typer.Option(min=1)] = 120.0,
    think: Annotated[float, typer.Option(min=0, help="Seconds between a reply and the next word.")] = 5.0,
    learnt: Annotated[
        Path | None, typer.Option(help="Data folder whose models and caches are taken over.")
    ] = None,
    faults: Annotated[bool, typer.Option(help="5 % duplicated, 5 % delayed, 2 % dropped.")] = True,
) -> None:
    """Let citizens talk on a stand-in and count what was lost, doubled or out of order; exit code 1 when anything was."""
    utf8_output()
    with own_folder(learnt) as folder:
        outcome = asyncio.run(_run(platform, folder, citizens, seconds, think, faults=faults))
    emit(outcome)
    raise typer.Exit(1 if any(outcome["faults"].values()) else 0)


async def _run(
    platform: str, folder: Path, citizens: int, seconds: float, think: float, *, faults: bool
) -> dict[str, Any]:
    async with open_stand_in(platform, faults=faults) as stand_in:
        os.environ.update(stand_in.environment)
        with started(folder, port=stand_in.port) as system:
            await stand_in.ready()
            lives = [Life(stand_in.address(number)) for number in range(citizens)]
            before, began = cpu_of(system.running), time.monotonic()
            await asyncio.gather(*(_live(stand_in, life, began + seconds, think) for life in lives))
            wall = time.monotonic() - began
            after = cpu_of(system.running)
            await _settle(system, SETTLE)
            wrong, stored = await _compare(system, stand_in, lives)
    waits = sorted(wait for life in lives for wait in life.waits)
    turns = sum(len(life.said) for life in lives)
    return {
        "platform": platform,
        "citizens": citizens,
        "seconds": round(wall, 1),
        "messages": turns,
        "messages_per_s": round(turns / wall, 1),
        "heard_p50_ms": round(1000 * _share(waits, 0.5)),
        "heard_p95_ms": round(1000 * _share(waits, 0.95)),
        "stored_p50_ms": round(1000 * _share(stored, 0.5), 1),
        "stored_p99_ms": round(1000 * _share(stored, 0.99), 1),
        "cases": sum(life.cases for life in lives),
        "cpu_ms_per_message": {
            name: round(1000 * (after[name] - before.get(name, 0.0)) / max(turns, 1), 1) for name in after
        },
        "platform_counters": stand_in.counters(),
        "faults": wrong,
    }


async def _live(stand_in: StandIn, life: Life, end: float, think: float) -> None:
    """Conversations, one after the other, until the time is over."""
    lives = random.Random(life.who)  # noqa: S311 - a life, not a secret
    await asyncio.sleep(lives.uniform(0, think))
    while time.monotonic() < end:
        citizen = Citizen(lives.random())
        text: str | None = citizen.open()
        while text is not None and time.monotonic() < end:
            heard = await _say(stand_in, life, text)
            if _CASE.search(heard) and "登记好了" in heard:
                life.cases += 1
                break
            text = citizen.answer(heard)
            await asyncio.sleep(lives.uniform(0.6, 1.4) * think)


async def _say(stand_in: StandIn, life: Life, text: str) -> str:
    known = len(stand_in.heard(life.who))
    began = time.monotonic()
    life.said.append(text)
    heard = await stand_in.say_and_hear(life.who, text, known, within=60.0)
    life.waits.append(time.monotonic() - began)
    return "\n".join(heard)


async def _settle(system: Started, seconds: float) -> None:
    """Until nothing is under way any more, or the time is over."""
    async with await psycopg.AsyncConnection.connect(_url(system), autocommit=True) as connection:
        for _ in range(int(seconds)):
            row = await (
                await connection.execute(
                    "SELECT (SELECT count(*) FROM inbox WHERE state = 'waiting')"
                    " + (SELECT count(*) FROM outbox WHERE state IN ('held', 'ready'))"
                )
            ).fetchone()
            if row is not None and row[0] == 0:
                return
            await asyncio.sleep(1)


async def _compare(
    system: Started, stand_in: StandIn, lives: list[Life]
) -> tuple[dict[str, int], list[float]]:
    """What is wrong between what citizens said and saw and what the tables hold; and seconds until each was stored."""
    vault = get_vault(system.settings)
    wrong = dict.fromkeys(
        (
            "messages lost",
            "messages doubled",
            "messages out of order",
            "citizens who saw other words",
            "not told",
        ),
        0,
    )
    async with await psycopg.AsyncConnection.connect(_url(system), autocommit=True) as connection:
        stored = await stand_in.stored(connection)
        for life in lives:
            hashes = vault.address_hashes(stand_in.channel, life.who)
            rows = await (await connection.execute(_MESSAGES, {"hashes": hashes})).fetchall()
            texts = [stand_in.text_of(vault, key, body) for key, body in rows]
            wrong["messages lost"] += max(0, len(life.said) - len(texts))
            wrong["messages doubled"] += max(0, len(texts) - len(life.said))
            wrong["messages out of order"] += sorted(texts) == sorted(life.said) and texts != life.said
            told = await (await connection.execute(_TOLD, {"hashes": hashes})).fetchall()
            wrong["not told"] += sum(state != "sent" for _, _, state in told)
            expected = _plain("\n".join(open_reply(vault.unwrap(key), body).text for key, body, _ in told))
            seen = _plain("\n".join(stand_in.heard(life.who)))
            wrong["citizens who saw other words"] += seen != expected
    return wrong, sorted(stored)


_MESSAGES = """
SELECT citizen.wrapped_key, inbox.body FROM inbox JOIN citizen ON citizen.id = inbox.citizen_id
  JOIN citizen_address ON citizen_address.citizen_id = citizen.id
 WHERE citizen_address.address_hash = ANY(%(hashes)s::bytea[]) ORDER BY inbox.id
"""
_TOLD = """
SELECT citizen.wrapped_key, outbox.body, outbox.state FROM outbox JOIN citizen ON citizen.id = outbox.citizen_id
  JOIN citizen_address ON citizen_address.citizen_id = citizen.id
 WHERE citizen_address.address_hash = ANY(%(hashes)s::bytea[]) ORDER BY outbox.id
"""


def _plain(text: str) -> str:
    """Words without what a channel adds: choices, how to answer them, and space."""
    return "".join(_NUMBERED.sub("", text.replace(HINT, "").replace(MENU_TAIL, "")).split())


def _share(ordered: list[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0


def _url(system: Started) -> str:
    return libpq_url(database_url(system.settings))


if __name__ == "__main__":
    typer.run(main)

"""``make bench``: citizens against a system of their own, or a running one.

python -m bench                         start from nothing, start again, 1, 8 and 32 citizens (about four minutes)
python -m bench --learnt var            the same, but with the models and caches of a data folder
python -m bench --url URL               a running system; its key in SUDA_API_KEY, its processes by the data folder
python -m bench --kill-worker           2,000 turns, the worker killed in the middle; exit code 1 when anything is wrong
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from bench import kill
from bench.installation import Started, own_folder, started
from bench.measure import Measurement, measure, memory
from bench.report import show_faults, show_measurements, show_memory, show_start
from bot.settings import get_settings
from serve.cli.output import emit, utf8_output, wants_json
from serve.session import Caller
from serve.supervisor.instance import Running, find_running

WARM_UP = 3.0
"""Seconds of talk before anything is counted: connections, statement plans and caches."""


def bench(
    citizens: Annotated[list[int] | None, typer.Option("--citizens", min=1, max=256)] = None,
    seconds: Annotated[float, typer.Option(min=1, help="Length of each measurement.")] = 15.0,
    url: Annotated[str | None, typer.Option(help="A running system instead of one of our own.")] = None,
    learnt: Annotated[
        Path | None, typer.Option(help="Data folder whose models and caches are taken over.")
    ] = None,
    kill_worker: Annotated[
        bool, typer.Option("--kill-worker", help="Kill the worker amid the turns.")
    ] = False,
    turns: Annotated[int, typer.Option(min=100, help="Turns of --kill-worker.")] = 2000,
    json: Annotated[bool, typer.Option("--json", help="JSON lines also on a terminal.")] = False,
) -> None:
    """Measure speed, CPU and memory, or count what a killed worker loses (nothing)."""
    utf8_output()
    as_json = wants_json(json)
    levels = citizens or [1, 8, 32]
    if kill_worker:
        if url is not None:
            raise typer.BadParameter("a worker is killed only in a system of our own", param_hint="--url")
        with own_folder(learnt) as folder, started(folder) as system:
            outcome = asyncio.run(kill.run(system, citizens=max(levels), turns=turns))
        _tell(as_json, _kill_json(outcome), lambda: show_faults(outcome))
        raise typer.Exit(1 if any(outcome.faults.values()) else 0)
    if url is not None:
        settings = get_settings()
        running = find_running(settings.data_dir)
        if running is not None and running.url != url.rstrip("/"):
            running = None
        asyncio.run(_measure_all(Caller.of(settings, url.rstrip("/")), running, levels, seconds, as_json))
        return
    with own_folder(learnt) as folder:
        with started(folder) as system:
            _report_start("first start" if learnt is None else "start with what was learnt", system, as_json)
        with started(folder) as system:
            _report_start("second start", system, as_json)
            caller = Caller.of(system.settings, system.running.url)
            asyncio.run(_measure_all(caller, system.running, levels, seconds, as_json))


async def _measure_all(
    caller: Caller, running: Running | None, levels: list[int], seconds: float, as_json: bool
) -> None:
    results: list[Measurement] = []
    async with caller:
        await measure(caller, None, citizens=4, seconds=WARM_UP, seed=0)
        for level in levels:
            sys.stderr.write(f"{level} citizens for {seconds:.0f} s ...\n")
            results.append(await measure(caller, running, citizens=level, seconds=seconds, seed=level))
            if as_json:
                emit(results[-1].as_json())
    if not as_json:
        show_measurements(results)
    if running is not None:
        used = memory(running)
        total = {
            "memory_mb": {name: round(one.rss / 2**20) for name, one in used.items()},
            "memory_mb_all": round(sum(one.rss for one in used.values()) / 2**20),
            "memory_mb_all_shared_once": round(sum(one.pss for one in used.values()) / 2**20),
        }
        _tell(as_json, total, lambda: show_memory(used))


def _report_start(name: str, system: Started, as_json: bool) -> None:
    value = {"start": name, "seconds": round(system.seconds, 1), "cpu_seconds": round(system.cpu_seconds, 1)}
    _tell(as_json, value, lambda: show_start(name, system.seconds, system.cpu_seconds))


def _kill_json(outcome: kill.Outcome) -> dict[str, Any]:
    return {
        "turns": outcome.turns,
        "cases": outcome.cases,
        "unfinished": outcome.unfinished,
        "slowest_s": round(outcome.slowest, 1),
        "faults": outcome.faults,
    }


def _tell(as_json: bool, value: dict[str, Any], show: Any) -> None:
    if as_json:
        emit(value)
    else:
        show()


if __name__ == "__main__":
    typer.run(bench)

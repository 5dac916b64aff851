"""What was measured, as tables for people."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from bench.kill import Outcome
from bench.measure import Measurement
from bench.processes import Usage


def show_start(name: str, seconds: float, cpu_seconds: float) -> None:
    """One line for a start."""
    Console().print(f"{name}: ready after [bold]{seconds:.1f} s[/], {cpu_seconds:.0f} s of CPU")


def show_measurements(results: Sequence[Measurement]) -> None:
    """Speed and faults, then CPU by process."""
    console = Console()
    speed = Table("citizens", "turns", "turns/s", "p50 ms", "p95 ms", "p99 ms", title="Speed")
    for name in ("cases", "errors", "silent", "unfinished", "load"):
        speed.add_column(name)
    for one in results:
        figures = [one.citizens, one.turns, f"{one.turns_per_second:.1f}"]
        figures += [f"{one.p50:.0f}", f"{one.p95:.0f}", f"{one.p99:.0f}"]
        figures += [one.cases, one.errors, one.silent, one.unfinished, f"{one.load:.1f}"]
        speed.add_row(*map(str, figures))
    console.print(speed)
    parts = list(results[-1].cpu_ms)
    if not parts:
        return
    cost = Table("citizens", *parts, "all", title="CPU-ms a turn")
    for one in results:
        cells = [f"{one.cpu_ms[part]:.1f}" for part in parts]
        cost.add_row(str(one.citizens), *cells, f"{sum(one.cpu_ms.values()):.1f}")
    console.print(cost)


def show_memory(used: dict[str, Usage]) -> None:
    """Memory by process."""
    table = Table("process", "MB", "MB, shared pages once", title="Memory")
    for name, one in used.items():
        table.add_row(name, f"{one.rss / 2**20:.0f}", f"{one.pss / 2**20:.0f}")
    rss, pss = (sum(getattr(one, kind) for one in used.values()) for kind in ("rss", "pss"))
    table.add_row("all", f"{rss / 2**20:.0f}", f"{pss / 2**20:.0f}")
    Console().print(table)


def show_faults(outcome: Outcome) -> None:
    """Every question with its count, and the verdict."""
    console = Console()
    table = Table("may not be", "was", title=f"{outcome.turns} turns with the worker killed in the middle")
    for name, count in outcome.faults.items():
        table.add_row(name, f"[red]{count}[/]" if count else "0")
    console.print(table)
    verdict = (
        "[red]something was lost or doubled[/]"
        if any(outcome.faults.values())
        else "[green]nothing lost, nothing doubled[/]"
    )
    console.print(
        f"{outcome.cases} cases, {outcome.unfinished} unfinished, slowest reply {outcome.slowest:.1f} s: {verdict}"
    )

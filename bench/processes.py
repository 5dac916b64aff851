"""CPU and memory of a running system, process by process."""

from __future__ import annotations

from dataclasses import dataclass

import psutil

from serve.supervisor.instance import Running


@dataclass(frozen=True, slots=True)
class Usage:
    """What one part of the system used.

    Attributes:
        cpu: Seconds since its start, ended children included.
        rss: Bytes of memory, shared pages counted in every process.
        pss: Bytes of memory, shared pages divided among those that share them.
    """

    cpu: float
    rss: int
    pss: int


def usage(running: Running) -> dict[str, Usage]:
    """Usage by part: ``app``, ``worker``, ``engine``, ``postgres`` (all its processes) and ``supervisor``."""
    parts = {name: _family(pid) for name, pid in running.processes.items()}
    return parts | {"supervisor": _sum([psutil.Process(running.pid)])}


def cpu_of(running: Running) -> dict[str, float]:
    """Seconds of CPU by part; cheaper than :func:`usage`."""
    families = {name: _members(pid) for name, pid in running.processes.items()}
    families["supervisor"] = [psutil.Process(running.pid)]
    return {name: sum(map(_cpu, members)) for name, members in families.items()}


def _members(pid: int) -> list[psutil.Process]:
    try:
        process = psutil.Process(pid)
        return [process, *process.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def _family(pid: int) -> Usage:
    return _sum(_members(pid))


def _sum(members: list[psutil.Process]) -> Usage:
    cpu, rss, pss = 0.0, 0, 0
    for process in members:
        try:
            memory = process.memory_full_info()
            cpu, rss, pss = cpu + _cpu(process), rss + memory.rss, pss + memory.pss
        except psutil.NoSuchProcess:
            continue
    return Usage(cpu, rss, pss)


def _cpu(process: psutil.Process) -> float:
    """Children that ended (a database's sessions) count with who waited for them; the supervisor's are counted alone."""
    try:
        times = process.cpu_times()
    except psutil.NoSuchProcess:
        return 0.0
    ended = times.children_user + times.children_system if process.name() == "postgres" else 0.0
    return float(times.user + times.system + ended)

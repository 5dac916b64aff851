"""A program's first breath as our child: it dies with its parent, then becomes the program.

Run as a file with ``python -I -S launch.py PARENT NICE PROGRAM ARGUMENTS...``; standard library only, so that it costs few milliseconds.
A supervisor killed with SIGKILL can stop nobody: the kernel does it then (``PR_SET_PDEATHSIG``, which survives exec). SIGKILL is
safe for every program started this way, because what was acknowledged is in PostgreSQL.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def main() -> None:
    """Ask the kernel for the signal, look whether the parent is still there, and become the program."""
    parent, nice, program = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]
    if sys.platform.startswith("linux"):
        import ctypes

        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)
    if os.getppid() != parent:
        raise SystemExit(1)
    _give_way(nice)
    # A shell that starts us in the background makes SIGINT ignored, and exec would hand that on.
    for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    os.execv(program[0], program)


def _give_way(nice: int) -> None:
    os.nice(nice)
    # Where the kernel groups processes by session, it is the group that has to give way.
    with contextlib.suppress(OSError), open("/proc/self/autogroup", "w") as group:  # noqa: PTH123 - milliseconds
        group.write(str(nice))


if __name__ == "__main__":
    main()

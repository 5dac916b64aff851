"""A program's first breath as our child: it dies with its parent, then becomes the program.

Run as a file with ``python -I -S launch.py PARENT PROGRAM ARGUMENTS...``; standard library only, so that it costs few milliseconds.
A supervisor killed with SIGKILL can stop nobody: the kernel does it then (``PR_SET_PDEATHSIG``, which survives exec). SIGKILL is
safe for every program started this way, because what was acknowledged is in PostgreSQL.
"""

from __future__ import annotations

import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def main() -> None:
    """Ask the kernel for the signal, look whether the parent is still there, and become the program."""
    parent, program = int(sys.argv[1]), sys.argv[2:]
    if sys.platform.startswith("linux"):
        import ctypes

        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)
    if os.getppid() != parent:
        raise SystemExit(1)
    # A shell that starts us in the background makes SIGINT ignored, and exec would hand that on.
    for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    os.execv(program[0], program)


if __name__ == "__main__":
    main()

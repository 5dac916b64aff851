"""A decoder's first breath: it gets its limits, dies with its parent, then becomes the program.

Run as a file with ``python -I -S -B confine.py PARENT CPU MEMORY PROGRAM ARGUMENTS...``; standard library only, so that it costs few
milliseconds. Decoders read bytes that anybody may have made: whatever is wrong in one of them ends with its process. It may not write a
file, and takes neither the machine's memory nor its processors for long.
"""

from __future__ import annotations

import contextlib
import os
import resource
import signal
import sys

_PR_SET_PDEATHSIG = 1
CANNOT_START = 127
"""Exit code when the program could not be started at all."""


def main() -> None:
    """Take the limits, ask the kernel for the signal, look whether the parent is still there, and become the program."""
    parent, cpu, memory, program = int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4:]
    for kind, most, hard in (
        (resource.RLIMIT_CPU, cpu, cpu + 5),  # first SIGXCPU, which nobody else sends, then SIGKILL
        (resource.RLIMIT_AS, memory, memory),
        (resource.RLIMIT_FSIZE, 0, 0),
        (resource.RLIMIT_CORE, 0, 0),  # a core dump would hold the recording
        (resource.RLIMIT_NOFILE, 64, 64),
    ):
        with contextlib.suppress(ValueError, OSError):  # macOS does not know every one
            resource.setrlimit(kind, (most, hard))
    if sys.platform.startswith("linux"):
        import ctypes

        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)
    if os.getppid() != parent:
        raise SystemExit(1)
    signal.signal(signal.SIGXCPU, signal.SIG_DFL)
    try:
        os.execv(program[0], program)  # noqa: S606 - the command is ours
    except OSError:
        os._exit(CANNOT_START)


if __name__ == "__main__":
    main()

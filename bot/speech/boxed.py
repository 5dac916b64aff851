"""Run a decoder in a process of its own, with limits, and read what it writes while that is wanted."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.errors import SpeechError
from bot.speech.audio import Limits
from bot.speech.confine import CANNOT_START

_CONFINE = Path(__file__).with_name("confine.py")
_MEMORY = 512 * 1024 * 1024
"""Bytes of address space of a decoder; ffmpeg and Python both do with 200 MB."""
_FROM_OUTSIDE = (-signal.SIGKILL, -signal.SIGTERM)
"""Exit codes of a decoder that ended neither by itself nor at one of its limits."""
_AT_ONCE = 256 * 1024
_PASSED_ON = ("PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")
"""All that a decoder sees of our environment: it holds keys and addresses."""


@dataclass(frozen=True, slots=True)
class Output:
    """What a decoder left.

    Attributes:
        content: What it wrote.
        code: Its exit code, negative for a signal; None when it was stopped because enough had been read.
    """

    content: bytearray
    code: int | None


def run_boxed(
    command: Sequence[str], content: bytes, limits: Limits, enough: Callable[[bytearray], bool]
) -> Output:
    """Run a decoder over a file; blocks, so call it in a thread.

    Args:
        command: Absolute path of the program, and its arguments; it finds the file, which it may seek in, as its standard input.
        content: The file. It is held in memory where the system can do that, else in a file without a name.
        limits: The longer a recording may be, the longer its decoder may run.
        enough: Called with all that was written so far, after each read; True stops the decoder.

    Raises:
        SpeechError: It could not be started, was ended from outside, or the machine was too busy to let it end in time: nothing is known
            about the recording.
    """
    wall = 30.0 + limits.seconds / 60
    cpu = max(5, int(wall) - 10)
    deadline = time.monotonic() + wall
    confined = [
        *(sys.executable, "-I", "-S", "-B", str(_CONFINE)),
        *(str(os.getpid()), str(cpu), str(_MEMORY)),
        *command,
    ]
    environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    with _held(content) as source:
        try:
            process = subprocess.Popen(  # noqa: S603 - the command is ours
                confined,
                stdin=source,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,  # it may quote from the recording
                cwd="/",
                env=environment | {"MALLOC_ARENA_MAX": "1"},  # arenas are reserved, and count as memory
                start_new_session=True,
            )
        except OSError as error:
            raise SpeechError(f"A decoder could not be started: {error.strerror}.") from error
        try:
            output = _read(process, deadline, enough)
        except (TimeoutError, subprocess.TimeoutExpired) as error:
            raise SpeechError(
                f"A recording was not decoded within {wall:.0f} s: the machine is too busy. Try it again later."
            ) from error
        finally:
            process.kill()
            process.wait()
            if process.stdout is not None:
                process.stdout.close()
    if output.code == CANNOT_START:
        raise SpeechError(f"A decoder could not be started: {command[0]} is no program for this machine.")
    if output.code in _FROM_OUTSIDE:
        raise SpeechError(
            "A decoder was ended from outside, perhaps for want of memory. Try the recording again."
        )
    return output


def _read(process: subprocess.Popen[bytes], deadline: float, enough: Callable[[bytearray], bool]) -> Output:
    content = bytearray()
    pipe = process.stdout.fileno() if process.stdout is not None else -1
    while True:
        left = deadline - time.monotonic()
        if left <= 0 or not _readable(pipe, left):
            raise TimeoutError
        data = os.read(pipe, _AT_ONCE)
        if not data:
            return Output(content, process.wait(max(0.1, deadline - time.monotonic())))
        content += data
        if enough(content):
            return Output(content, None)


def _readable(pipe: int, within: float) -> bool:
    poll = select.poll()  # unlike select it takes numbers over 1023
    poll.register(pipe, select.POLLIN)
    return bool(poll.poll(within * 1000))


@contextmanager
def _held(content: bytes) -> Iterator[int]:
    """A file without a name that holds the recording, ready to be read; it is gone with its last reader, whatever happens."""
    if hasattr(os, "memfd_create"):
        with open(os.memfd_create("recording", os.MFD_CLOEXEC), "w+b") as file:  # noqa: PTH123 - a descriptor
            file.write(content)
            file.seek(0)
            yield file.fileno()
    else:
        with tempfile.TemporaryFile() as file:
            file.write(content)
            file.seek(0)
            yield file.fileno()

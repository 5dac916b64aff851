"""A tool that downloads, on a terminal of its own: what it shows there is passed on, or read and told in a few lines."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Mapping, Sequence

from serve.bootstrap.steps import LOG, PROJECT, SetupError, explain, say, stoppable

_ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_BAR = re.compile(r"([\w.-]+) +-+ *([\d.]+) ([KMG]?i?B)/([\d.]+) ([KMG]?i?B)")
_UNITS = {"B": 1e-6, "KiB": 2**10 / 1e6, "MiB": 2**20 / 1e6, "GiB": 2**30 / 1e6}


class Lines:
    """How it goes, for people who look at ``make setup``: the tool's own bars on a terminal, else a line each ten seconds."""

    every = 10.0
    step = 0.0

    def __init__(self) -> None:
        self.relay = sys.stderr.isatty()
        self._began = self._said = time.monotonic()
        self._shown = 0.0

    def begin(self, megabytes: float) -> None:
        """It begins."""
        self._began = self._said = time.monotonic()
        say(f"· installing speech recognition{_to_download(megabytes)}")

    def at(self, share: float) -> None:
        """That much of it is done, 0 to 1; asked often, says little."""
        now = time.monotonic()
        if self.relay or now - self._said < self.every or share < self._shown + self.step:
            return
        if self.step:
            share -= share % self.step
        self._said, self._shown = now, share
        self._say_share(f"{100 * share:.0f} %", f"{now - self._began:.0f} s")

    def _say_share(self, percent: str, seconds: str) -> None:
        say(f"  ... installing speech recognition: {percent}, {seconds} so far")

    def end(self) -> None:
        """It is done."""
        say(f"· installing speech recognition ({time.monotonic() - self._began:.0f} s)")

    def left_out(self, why: str) -> None:
        """It cannot be done."""
        say(f"Speech recognition is left out: {why}")


class ShortLines(Lines):
    """The same for a program whose lines stand among others'."""

    every = 2.0
    step = 0.2

    def __init__(self) -> None:
        super().__init__()
        self.relay = False

    def begin(self, megabytes: float) -> None:
        """It begins."""
        self._began = self._said = time.monotonic()
        say(f"speech: installing{_to_download(megabytes)}")

    def _say_share(self, percent: str, seconds: str) -> None:  # noqa: ARG002 - the lines' reader has a clock
        say(f"speech: {percent}")

    def end(self) -> None:
        """It is done."""
        say(f"speech: installed ({time.monotonic() - self._began:.0f} s)")

    def left_out(self, why: str) -> None:
        """It cannot be done."""
        say(f"speech: left out: {why}")


def _to_download(megabytes: float) -> str:
    return f" (about {round(megabytes, -1):.0f} MB to download)" if megabytes >= 10 else ""


class Meter:
    """Reads how much has come from the bars that uv draws; pure."""

    def __init__(self) -> None:
        self._rest = ""
        self._came: dict[str, float] = {}

    @property
    def megabytes(self) -> float:
        """What has come so far."""
        return sum(self._came.values())

    def read(self, drawn: str) -> None:
        """More of what was drawn, in pieces of any length."""
        text = self._rest + drawn
        clean = _ESCAPES.sub("", text)
        for name, came, unit, _whole, _unit in _BAR.findall(clean):
            self._came[name] = max(self._came.get(name, 0.0), float(came) * _UNITS.get(unit, 0.0))
        self._rest = text.rpartition("\r")[2][
            -4000:
        ]  # what is not yet drawn whole: half a name would count as another


def download(
    what: str,
    command: Sequence[str],
    environment: Mapping[str, str],
    tell: Callable[[float], None],
    *,
    relay: bool,
) -> None:
    """Run one tool that draws bars; only from the main thread.

    Args:
        what: What it does, for the message when it fails.
        command: uv and its arguments.
        environment: The whole environment.
        tell: Told about each second how many megabytes have come.
        relay: Show people what it draws, on standard error.

    Raises:
        SetupError: It failed.
    """
    LOG.parent.mkdir(parents=True, exist_ok=True)
    ours, theirs = pty.openpty()
    _set_size(theirs, relay=relay)
    own = {key: value for key, value in environment.items() if key != "UV_NO_PROGRESS"}
    if not relay:
        own["TERM"] = "xterm"
    try:
        process = subprocess.Popen(
            command, cwd=PROJECT, env=own, stdin=subprocess.DEVNULL, stdout=theirs, stderr=theirs,
            # The terminal is its controlling one: when we are killed it hangs up, and the tool ends too.
            start_new_session=True, preexec_fn=lambda: _take_terminal(theirs),
        )  # fmt: skip
    except BaseException:
        os.close(ours)
        raise
    finally:
        os.close(theirs)
    try:
        with stoppable(process):
            drawn = _follow(ours, tell, relay=relay)
            process.wait()
    finally:
        os.close(ours)
    words = _words(drawn)
    with LOG.open("a", encoding="utf-8") as log:
        log.write(f"\n$ {' '.join(command)}\n{words}\n")
    if process.returncode != 0:
        raise SetupError(f"{what} failed: {explain(words)} (all of it: {LOG})")


def _take_terminal(terminal: int) -> None:
    """Make the terminal ours, and hear it hang up: under ``nohup`` that would be ignored. As meek as who starts us."""
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    fcntl.ioctl(terminal, termios.TIOCSCTTY, 0)
    # Where the kernel weighs sessions, a new one counts in full until it says otherwise.
    with contextlib.suppress(OSError), open("/proc/self/autogroup", "w") as group:  # noqa: PTH123 - between fork and exec
        group.write(str(os.nice(0)))


def _set_size(terminal: int, *, relay: bool) -> None:
    size = struct.pack("HHHH", 24, 120, 0, 0)
    if relay:
        with contextlib.suppress(OSError):
            size = fcntl.ioctl(sys.stderr.fileno(), termios.TIOCGWINSZ, size)
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, size)


def _follow(terminal: int, tell: Callable[[float], None], *, relay: bool) -> str:
    meter, told, kept = Meter(), 0.0, bytearray()
    while True:
        if select.select([terminal], [], [], 1.0)[0]:
            try:
                piece = os.read(terminal, 65536)
            except OSError:  # Linux says so when the last process has left the terminal; others read nothing
                piece = b""
            if not piece:
                return kept.decode("utf-8", "replace")
            kept += piece
            del kept[:-200_000]
            meter.read(piece.decode("utf-8", "replace"))
            if relay:
                with contextlib.suppress(OSError):
                    os.write(sys.stderr.fileno(), piece)
        if time.monotonic() - told >= 1.0:
            told = time.monotonic()
            tell(meter.megabytes)


def _words(drawn: str) -> str:
    """What was said, without what was drawn over again."""
    lines = (line.rsplit("\r", 1)[-1] for line in _ESCAPES.sub("", drawn).replace("\r\n", "\n").split("\n"))
    return "\n".join(line.rstrip() for line in lines if line.strip() and not _BAR.search(line))

"""``python3 -m serve.bootstrap.speech``: the packages of speech recognition, a layer over the app's environment.

They are not in the app's lock: without them everything but speech works. ``make setup`` adds them last; beside ``make run``
this program does, while people chat already. Exit codes: 0 there (or not wanted), 1 a setting is wrong, 3 left out, 130 stopped.
"""

from __future__ import annotations

import argparse
import os
import re
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from serve.bootstrap.downloads import Lines, ShortLines, download
from serve.bootstrap.environments import APP, Stamp, hash_of
from serve.bootstrap.interpreters import uv_and_environment
from serve.bootstrap.steps import LOG, PROJECT, SetupError, explain, need_space, say, stop_all
from serve.bootstrap.torch_sources import TORCH_LOCK, VERSION, Source, find_torch

LOCK = Path(__file__).with_name("speech.lock")
LOCK_MEGABYTES = 175
LOCK_GIGABYTES = 0.7
LEFT_OUT = 3
ENV_FILE = PROJECT / ".env"
PARTS = ("torch", "whisper", "silero_vad", "onnxruntime", "imageio_ffmpeg", "pysilk")
"""What is imported; each is looked for on disk, so that a package removed by hand is noticed."""


class LeftOutError(SetupError):
    """Speech cannot be installed here; the message says why and what to do."""


def setting(name: str, environment: Mapping[str, str], file: Path | None = None) -> str:
    """A setting of ours, from the environment or else the file ``.env``; empty when there is none.

    Read as ``bot.speech.settings`` does, but with nothing that has to be installed; a test compares the two.
    """
    for given, value in environment.items():
        if given.upper() == name:
            return value.strip()
    try:
        lines = (file or ENV_FILE).read_text(encoding="utf-8").splitlines()
    except OSError:
        return ""
    row = re.compile(rf"\s*(?:export\s+)?{name}\s*=\s*(.*)", re.IGNORECASE)
    found = [match[1] for line in lines if (match := row.match(line))]
    return re.split(r"\s+#", found[-1])[0].strip().strip("'\"") if found else ""


def is_wanted() -> bool:
    """Whether ``SUDA_SPEECH`` lets it be installed.

    Raises:
        SetupError: It is neither on nor off.
    """
    said = setting("SUDA_SPEECH", os.environ).lower()
    if said not in ("", "on", "off"):
        raise SetupError(f"SUDA_SPEECH={said} is not known: say on or off, or unset it.")
    return said != "off"


def is_current(choice: str = "") -> bool:
    """Whether nothing is to be done; ``choice`` is ``SUDA_SPEECH_TORCH``."""
    packages = _packages()
    if packages is None or not all((packages / part).exists() for part in PARTS):
        return False
    return _stamp().is_any_of(*(_mark(build) for build in ((choice,) if choice else ("cpu", "index"))))


def add_speech(lines: Lines) -> None:
    """Install what is missing, unless it is not wanted; that it cannot be done is one sentence.

    Raises:
        SetupError: A setting is wrong; or it cannot be done and ``SUDA_TEST_ALL`` says that nothing may be left out.
    """
    try:
        ensure_speech(lines)
    except LeftOutError as error:
        if os.environ.get("SUDA_TEST_ALL"):
            raise SetupError(
                f"speech recognition cannot be installed, and SUDA_TEST_ALL is set: {error}"
            ) from error
        lines.left_out(str(error))


def ensure_speech(lines: Lines) -> bool:
    """Install what is missing; False when nothing was to be done or it is not wanted.

    Raises:
        LeftOutError: It cannot be installed here.
        SetupError: A setting is wrong.
    """
    choice = setting("SUDA_SPEECH_TORCH", os.environ).lower()
    if choice not in ("", "cpu", "index"):
        raise SetupError(f"SUDA_SPEECH_TORCH={choice} is not known: say cpu or index, or unset it.")
    if not is_wanted() or is_current(choice):
        return False
    try:
        uv, environment = uv_and_environment()
        make_speech(uv, environment, choice, lines)
    except SetupError as error:
        raise LeftOutError(str(error)) from error
    except OSError as error:
        raise LeftOutError(f"{error.filename or PROJECT} cannot be used: {error.strerror}.") from error
    return True


def make_speech(uv: str, environment: Mapping[str, str], choice: str, lines: Lines) -> None:
    """Torch from the first place that has it, then the lock, then a look whether it loads.

    Torch comes first: it is what may not be had, and then nothing has been downloaded in vain.

    Raises:
        SetupError: It cannot be done.
    """
    python = str(APP / "bin" / "python")
    if not Path(python).exists():
        raise SetupError(f"the app's environment {APP} is missing; run `make setup`.")
    source = find_torch(uv, python, environment, choice)
    need_space(PROJECT, LOCK_GIGABYTES + source.gigabytes, "Speech recognition")
    _stamp().clear()
    install = [uv, "pip", "install", "--no-deps", "--python", python]
    one_by_one = {**environment, "UV_CONCURRENT_DOWNLOADS": "1"}
    alone = ["--no-index"] if environment.get("UV_NO_INDEX") else []  # which uv itself does not read
    weight = max(source.megabytes, 60)  # a wheel that lies at hand takes its time too
    whole = LOCK_MEGABYTES + weight
    lines.begin(LOCK_MEGABYTES + source.megabytes)
    download(
        f"installing torch from {source.name}",
        [*install, *_anew(source), *source.arguments],
        source.environment(one_by_one),
        lambda came: lines.at(min(came, weight) / whole),
        relay=lines.relay,
    )
    download(
        "installing speech recognition",
        # openai-whisper comes as source: what builds it (-b) is the lock's setuptools too, not the newest of the day.
        [*install, *alone, "--require-hashes", "-r", str(LOCK), "-b", str(LOCK)],
        one_by_one,
        lambda came: lines.at(min(0.99, (weight + came) / whole)),
        relay=lines.relay,
    )
    _try(python)
    _stamp().set(_mark(source.build))
    lines.end()


def _anew(source: Source) -> list[str]:
    """A CPU build satisfies what asks for the index's build, so that must be said."""
    packages = _packages()
    there = packages is not None and (packages / f"torch-{VERSION}+cpu.dist-info").exists()
    return ["--reinstall-package", "torch"] if there and source.build == "index" else []


def _try(python: str) -> None:
    """Whether it loads: a build of torch may need libraries or processor features that this machine has not."""
    try:
        said = subprocess.run(
            [python, "-I", "-c", f"import {', '.join(PARTS)}"], cwd=PROJECT, capture_output=True, text=True,
            timeout=300, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise SetupError(
            "what was installed does not load within 300 s; try again when the machine is less busy."
        ) from error
    if said.returncode != 0:
        with LOG.open("a", encoding="utf-8") as log:
            log.write(f"\n$ import {', '.join(PARTS)}\n{said.stderr}\n")
        raise SetupError(f"what was installed does not load: {explain(said.stderr)} (all of it: {LOG})")


def _packages() -> Path | None:
    return next(APP.glob("lib/python3*/site-packages"), None)


def _stamp() -> Stamp:
    return Stamp(APP, "suda-speech-made-from")


def _mark(build: str) -> str:
    """What the stamp says: the build of torch, the environment's Python, both locks."""
    try:
        about = (APP / "pyvenv.cfg").read_text(encoding="utf-8")
    except OSError:
        about = ""
    version = re.search(r"^version(?:_info)? *= *(\d+\.\d+)", about, re.MULTILINE)
    return f"{build} {version[1] if version else '?'} {hash_of(LOCK, TORCH_LOCK)}"


def main() -> None:
    """Install, and say how it went."""
    parser = argparse.ArgumentParser(prog="serve.bootstrap.speech", description=__doc__)
    parser.add_argument(
        "--quiet-when-current",
        action="store_true",
        help="few short lines, and none when nothing is to be done",
    )
    quiet = parser.parse_args().quiet_when_current
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    lines = ShortLines() if quiet else Lines()
    try:
        if not ensure_speech(lines) and not quiet:
            say(
                "Speech recognition is installed."
                if is_wanted()
                else "SUDA_SPEECH=off: nothing is installed."
            )
    except LeftOutError as error:
        stop_all()
        lines.left_out(str(error))
        sys.exit(LEFT_OUT)
    except SetupError as error:
        sys.stderr.write(f"suda: {error}\n")
        sys.exit(1)
    except KeyboardInterrupt:
        stop_all()
        sys.stderr.write("suda: stopped while speech was installed; the same command goes on from here.\n")
        sys.exit(130)


if __name__ == "__main__":
    main()

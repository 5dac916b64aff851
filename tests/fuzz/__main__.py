"""``python -m tests.fuzz [--seconds 600] [TARGET...]``: each target with coverage guidance, one after the other.

New inputs that reach new code go to ``var/fuzz/<target>``; a crash is written there too and ends with status 1. Whoever wants to
keep an input copies it to ``tests/fuzz/corpus/<target>``, which each run and each test starts from.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

from bot.settings import PROJECT


def main() -> int:
    """Run what was asked for."""
    options = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    options.add_argument("--seconds", type=int, default=600)
    options.add_argument("--one", help=argparse.SUPPRESS)
    options.add_argument("targets", nargs="*", default=["wechat", "telegram"])
    asked = options.parse_args()
    if asked.one:
        return _fuzz(asked.one, asked.seconds)
    ends = [
        subprocess.run(
            [sys.executable, "-m", "tests.fuzz", "--one", target, "--seconds", str(asked.seconds)],
            cwd=PROJECT,
            check=False,
        ).returncode
        for target in asked.targets
    ]
    return max(ends)


def _fuzz(target: str, seconds: int) -> int:
    """Fuzz one target in this process."""
    try:
        import atheris
    except ImportError:
        sys.stderr.write(
            "make fuzz needs atheris, which there is for Linux on x86-64: make setup installs it there.\n"
        )
        return 2
    with atheris.instrument_imports(include=["channels", "xmltodict", "wechatpy.crypto"]):
        from tests.fuzz.targets import CORPUS, TARGETS
    found = PROJECT / "var" / "fuzz" / target
    found.mkdir(parents=True, exist_ok=True)
    arguments = [
        sys.argv[0],
        str(found),
        str(CORPUS / target),
        f"-max_total_time={seconds}",
        "-max_len=70000",
        "-timeout=5",
        "-rss_limit_mb=2048",
        f"-artifact_prefix={Path(found)}/",
        "-print_final_stats=1",
        "-verbosity=1",
    ]
    atheris.Setup(arguments, TARGETS[target])
    atheris.Fuzz()
    return 0


if __name__ == "__main__":
    sys.exit(main())

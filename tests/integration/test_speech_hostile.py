"""Recordings that somebody spoilt, or made to do harm: each is decoded or refused, and this process goes on."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bot.errors import AudioRefused
from bot.speech.audio import Limits
from bot.speech.decode import decode
from bot.speech.ogg import ogg_checksum
from tests.unit.speech import sounds

PROJECT = Path(__file__).parents[2]
AUDIO = PROJECT.parent / "shared" / "data" / "audio"
LONG = os.environ.get("SUDA_TEST_LONG") == "1"
ALL = sorted(sounds.WRITES)


def shared(name: str) -> Path:
    """A recording of the shared data."""
    if not AUDIO.is_dir():
        pytest.skip("no recordings at shared/data/audio beside the project")
    return AUDIO / name


@pytest.fixture(autouse=True)
def _needs_speech() -> None:
    sounds.ffmpeg()


_BOMB = """
import re, resource, sys
from pathlib import Path
from bot.errors import AudioRefused
from bot.speech.audio import Limits
from bot.speech.decode import decode
try:
    decode(Path(sys.argv[1]), Limits(seconds=float(sys.argv[2])))
except AudioRefused as refusal:
    # A process begins with what its parent held at most, and that may be a whole run of tests: the kernel's own mark is ours alone.
    status = Path("/proc/self/status")
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    if status.exists():
        own = int(re.search(r"VmHWM:\\s+(\\d+)", status.read_text())[1])
    print(refusal.code, own, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


@pytest.mark.slow
@pytest.mark.parametrize("name", ["flac", "mp3", "ogg", "silk", "amr"])
def test_hours_in_a_small_file_are_refused_within_seconds_and_little_memory(
    name: str, tmp_path: Path
) -> None:
    """Up to an hour of sound is decoded before it is known to be too long; ten minutes of most, unless SUDA_TEST_LONG=1."""
    limit = 3600 if LONG or name == "flac" else 600
    content = _three_hours(name)
    assert len(content) < Limits().bytes
    path = tmp_path / "bomb"
    path.write_bytes(content)
    began = time.monotonic()
    command = [sys.executable, "-c", _BOMB, str(path), str(limit)]
    run = subprocess.run(command, capture_output=True, text=True, check=True, cwd=PROJECT, timeout=120)
    took = time.monotonic() - began
    code, *most = run.stdout.split()
    megabytes = [int(each) / (1e6 if sys.platform == "darwin" else 1e3) for each in most]
    print(f"{name}: {len(content) / 1e6:.1f} MB, refused after {took:.1f} s; MB of memory {megabytes}")  # noqa: T201 - measured
    assert code == "too_long"
    assert took < 60
    assert max(megabytes) < 300


def _three_hours(name: str) -> bytes:
    """Of silence; these kinds but one may be put behind each other."""
    if name == "flac":
        return sounds.silence(name, 3 * 3600)
    if name == "silk":
        return sounds.silk(sounds.tone(0.02)) + sounds.silk(bytes(sounds.tone(0.06)))[10:] * (3600 * 50)
    if name == "amr":
        return b"#!AMR\n" + b"\x7c" * (3 * 3600 * 50)
    return sounds.silence(name, 60) * 180


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("name", [*ALL, "silk", "speex", "amr-wb", "silence frames"])
def test_spoilt_recordings_are_decoded_or_refused_and_nothing_else(name: str) -> None:
    """Hundreds of decoders are started, one a file. All 200 a codec with SUDA_TEST_LONG=1."""
    count = 200 if LONG else 40
    content = _to_spoil(name)
    chance = _chance(f"spoilt {name}")
    spoilt = [_spoil(content, chance) for _ in range(count)]
    if content.startswith(b"OggS"):  # else its checksums keep most from the decoder
        spoilt = [_sealed(each) if chance.random() < 0.7 else each for each in spoilt]
    with ThreadPoolExecutor(2) as pool:
        outcomes = Counter(pool.map(_outcome, spoilt))
    print(f"{name}: {dict(outcomes)}")  # noqa: T201 - measured
    assert sum(outcomes.values()) == count
    assert outcomes["decoded"] < count


def _outcome(content: bytes) -> str:
    try:
        decode(content, Limits(seconds=120))
    except AudioRefused as refusal:
        return refusal.code
    return "decoded"


def _to_spoil(name: str) -> bytes:
    if name == "silk":
        return sounds.silk(sounds.tone(2.0), frames=2)
    if name == "speex":
        return shared("codecs/BAC009S0252W0077.speex.spx").read_bytes()
    if name == "silence frames":
        return shared("codecs/with_silence_frames.amr").read_bytes()
    if name == "amr-wb":
        return b"#!AMR-WB\n" + b"".join(b"\x04" + _chance(n).randbytes(17) for n in range(100))
    return sounds.written(name, sounds.tone(2.0))


def _spoil(content: bytes, chance: random.Random) -> bytes:
    """Cut, turned bits, bytes put in, zeros; what tells the container stays."""
    spoilt, kept = bytearray(content), 12
    ways = chance.choice(((0, 1, 2, 3), (1,)))  # half keep their structure, and so reach the decoder
    for _ in range(chance.randint(1, 3)):
        at = chance.randrange(kept, max(kept + 1, len(spoilt)))
        match chance.choice(ways):
            case 0:
                del spoilt[at:]
            case 1:
                for _ in range(chance.choice((1, 4, 64))):
                    if len(spoilt) > kept:
                        spoilt[chance.randrange(kept, len(spoilt))] ^= 1 << chance.randrange(8)
            case 2:
                spoilt[at:at] = chance.randbytes(chance.choice((1, 7, 300)))
            case _:
                length = min(chance.choice((1, 16, 500)), len(spoilt) - at)
                spoilt[at : at + length] = bytes(length)
    return bytes(spoilt)


def _chance(seed: int | str) -> random.Random:
    """The same chance in each run."""
    return random.Random(seed)  # noqa: S311 - nothing secret


def _sealed(content: bytes) -> bytes:
    """Ogg with the checksums that its pages should have, as somebody would write it who means harm."""
    sealed, at = bytearray(content), 0
    while sealed.startswith(b"OggS", at) and at + 27 <= len(sealed):
        table = at + 27 + sealed[at + 26]
        end = table + sum(sealed[at + 27 : table])
        sealed[at + 22 : at + 26] = ogg_checksum(bytes(sealed[at:end])).to_bytes(4, "little")
        at = end
    return bytes(sealed)

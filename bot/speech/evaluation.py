"""How well recordings with known words are heard, by codec and by noise, and what is heard where nobody speaks."""

from __future__ import annotations

import csv
import re
import resource
import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from pypinyin import lazy_pinyin
from rapidfuzz.distance import Levenshtein

from bot.chinese import simplify
from bot.errors import SpeechError
from bot.speech.audio import RATE, Audio
from bot.speech.codecs import sent_as
from bot.speech.decode import decode
from bot.speech.nonspeech import nonspeech
from bot.speech.recogniser import Recogniser

_MARK = re.compile(r"[\W_]+")
_SEED = 20260101
_DIGITS = str.maketrans("0123456789", "零一二三四五六七八九")


@dataclass(frozen=True, slots=True)
class Recording:
    """A recording with the words that are said in it.

    Attributes:
        file: Where it is.
        words: What is said.
        group: What it is counted with: its folder and its ending.
    """

    file: Path
    words: str
    group: str


@dataclass(slots=True)
class Tally:
    """Sums over a group."""

    files: int = 0
    characters: int = 0
    wrong: int = 0
    wrong_unrepaired: int = 0
    wrong_sounds: int = 0
    traditional: int = 0
    empty: int = 0
    audio: float = 0.0
    cpu: float = 0.0

    def as_json(self) -> dict[str, Any]:
        """Shares of what was said, in percent, and CPU seconds for a second of audio."""

        def share(count: int) -> float:
            return round(100 * count / max(self.characters, 1), 1)

        return {
            "files": self.files,
            "cer": share(self.wrong),
            "cer_unrepaired": share(self.wrong_unrepaired),
            "pinyin_er": share(self.wrong_sounds),
            "traditional_files": self.traditional,
            "empty_files": self.empty,
            "rtf_cpu": round(self.cpu / max(self.audio, 0.001), 3),
        }


@dataclass(slots=True)
class Report:
    """What was measured."""

    groups: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    invented: dict[str, str] = field(default_factory=dict)
    silence_seconds: float = 0.0
    lines: list[dict[str, Any]] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """For output."""
        return {
            "groups": {name: tally.as_json() for name, tally in sorted(self.groups.items())},
            "invented": self.invented,
            "invented_characters": sum(map(len, self.invented.values())),
            "ten_seconds_of_silence_cpu_s": round(self.silence_seconds, 2),
            "memory_mb": peak_memory(),
        }


def read_manifest(file: Path) -> list[Recording]:
    """The recordings of a table with the columns ``file`` and ``transcript``, separated by tabs; paths from its folder.

    Raises:
        SpeechError: It cannot be read, or a column or a recording is missing.
    """
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            rows = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    except (OSError, UnicodeDecodeError) as error:
        raise SpeechError(f"{file} cannot be read as a table in UTF-8.") from error
    found = []
    for number, row in enumerate(rows, 2):
        name, words = row.get("file"), row.get("transcript")
        if not name or words is None:
            raise SpeechError(f"{file} line {number}: the columns file and transcript are needed.")
        path = file.parent / name
        if not path.is_file():
            raise SpeechError(f"{file} line {number}: there is no file {name}.")
        found.append(Recording(path, words, row.get("group") or Path(name).parent.name or "all"))
    if not found:
        raise SpeechError(f"{file} names no recording.")
    return found


def evaluate(
    recogniser: Recogniser,
    recordings: Iterable[Recording],
    *,
    noise: Iterable[float] = (),
    codecs: Iterable[str] = (),
    long: bool = False,
) -> Report:
    """Hear all, and the same as codecs leave it, with noise and as one long recording; then what nobody said.

    Args:
        recogniser: With everything loaded.
        recordings: What is heard.
        noise: Signal-to-noise ratios in dB; the noise is babble of the other recordings.
        codecs: Names of `bot.speech.codecs.CODECS`.
        long: Also one after the other with pauses: the last words of one and the first of the next meet.

    Raises:
        SpeechError: There is no such codec.
    """
    report, given = Report(), list(recordings)
    for recording in given:
        _hear(report, recogniser, recording, recording.group, decode(recording.file))
    for codec in codecs:
        for recording in given:
            sent = decode(sent_as(codec, decode(recording.file).samples[0]))
            _hear(report, recogniser, recording, f"{recording.group} {codec}", sent)
    for level in noise:
        for recording, babble in _with_babble(given):
            audio = decode(recording.file)
            noisy = Audio(mixed(audio.samples, babble, level), audio.container)
            _hear(report, recogniser, recording, f"{recording.group} {level:g} dB", noisy)
    if long:
        whole, audio = one_after_the_other(given)
        _hear(report, recogniser, whole, whole.group, audio)
    for name, sound in nonspeech().items():
        began = time.process_time()
        samples = (sound * 32767).astype(np.int16)[None, :]
        text = recogniser.hear_audio(Audio(samples, "wav")).text
        if name == "digital silence":
            report.silence_seconds = time.process_time() - began
        if text:
            report.invented[name] = text
    return report


def _hear(report: Report, recogniser: Recogniser, recording: Recording, group: str, audio: Audio) -> None:
    began = time.process_time()
    transcript = recogniser.hear_audio(audio)
    cpu = time.process_time() - began
    unrepaired = "".join(_as_heard(segment.text, segment.changes) for segment in transcript.segments)
    said, heard = bare(recording.words), bare(transcript.text)
    tally = report.groups[group]
    tally.files += 1
    tally.characters += len(said)
    tally.wrong += Levenshtein.distance(said, heard)
    tally.wrong_unrepaired += Levenshtein.distance(said, bare(unrepaired))
    tally.wrong_sounds += Levenshtein.distance(lazy_pinyin(said), lazy_pinyin(heard))
    tally.traditional += simplify(transcript.text) != transcript.text
    tally.empty += not heard
    tally.audio += audio.seconds
    tally.cpu += cpu
    report.lines.append(
        {
            "file": recording.file.name,
            "group": group,
            "said": recording.words,
            "heard": transcript.text,
            "unrepaired": unrepaired,
            "confidence": round(transcript.confidence, 3),
        }
    )


def _as_heard(text: str, changes: Iterable[Any]) -> str:
    for change in sorted(changes, key=lambda one: -int(one.start)):
        text = text[: change.start] + change.heard + text[change.end :]
    return text


def bare(text: str) -> str:
    """Words without marks, digits as they are read one by one, simplified."""
    return _MARK.sub("", simplify(text)).lower().translate(_DIGITS)


def mixed(samples: Any, babble: Any, level: float) -> Any:
    """Speech with babble so much weaker than it, in dB; int16 as before."""
    speech = samples.astype(np.float64)
    noise = np.resize(babble.astype(np.float64), speech.shape[-1])
    power = np.sqrt(np.mean(speech**2)) / max(1.0, np.sqrt(np.mean(noise**2)))
    return np.clip(speech + noise * power / 10 ** (level / 20), -32768, 32767).astype(np.int16)


def one_after_the_other(recordings: Iterable[Recording]) -> tuple[Recording, Audio]:
    """All recordings as one, with pauses of half a second to two and a half in which a line rustles; the same each time."""
    chance = np.random.default_rng(_SEED)
    parts, words = list[Any](), list[str]()
    for recording in recordings:
        pause = int(chance.uniform(0.5, 2.5) * RATE)
        parts += [decode(recording.file).samples[0], chance.normal(0, 20, pause).astype(np.int16)]
        words.append(recording.words)
    samples = np.concatenate(parts)[None, :]
    group = f"long, {samples.shape[1] / RATE / 60:.1f} min"
    return Recording(Path("all"), "，".join(words), group), Audio(samples, "wav")


def _with_babble(recordings: list[Recording]) -> Iterator[tuple[Recording, Any]]:
    """Each recording with four others said at once."""
    for number, recording in enumerate(recordings):
        others = [recordings[(number + step) % len(recordings)] for step in (3, 5, 7, 11)]
        voices = [decode(one.file).samples[0].astype(np.float64) for one in others]
        length = max(voice.size for voice in voices)
        yield recording, sum(np.resize(voice, length) for voice in voices) / len(voices)


def peak_memory() -> int:
    """Megabytes this process held at most."""
    status = Path("/proc/self/status")
    if status.exists():  # what getrusage says begins with what the parent held
        found = re.search(r"VmHWM:\s+(\d+)", status.read_text(encoding="ascii"))
        if found is not None:
            return int(found[1]) // 1024
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most // (1024 * 1024 if sys.platform == "darwin" else 1024)

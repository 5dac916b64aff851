"""What the repair of transcripts is worth: error and place names before and after, and what it spoils in right text.

python -m bench.repairing                        the catalogue's complaints, misheard by `bench/mishearing.py`
python -m bench.repairing --texts FILE           others: JSON lines with "text", or one text a line
python -m bench.repairing --half 1 --show        the half to learn from, with every change that is wrong

Half 0 is for judging: nobody who mends the repair should look at its lines.
"""

from __future__ import annotations

import csv
import json
import time
from collections.abc import Iterable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Annotated, Any

import typer
from rapidfuzz.distance import Levenshtein

from bench.mishearing import Mishearing
from bot.settings import get_settings
from bot.speech.evaluation import bare
from bot.speech.repair import Repaired, Repairer
from bot.understanding.gazetteer import Gazetteer
from serve.cli.output import emit, utf8_output

SEEDS = 3
"""Times that every text is misheard."""
NAMES = frozenset({"district", "street", "street_stem", "area", "landmark", "road", "community"})


@dataclass(slots=True)
class Outcome:
    """Counts over the texts, each misheard :data:`SEEDS` times."""

    characters: int = 0
    wrong_heard: int = 0
    wrong_repaired: int = 0
    names: int = 0
    names_heard: int = 0
    names_repaired: int = 0
    right_characters: int = 0
    spoilt: int = 0
    spoilt_places: int = 0
    seconds: float = 0.0

    def __add__(self, other: Outcome) -> Outcome:
        return Outcome(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(self)))

    def as_json(self) -> dict[str, Any]:
        """Shares: errors and names in percent, spoilt characters in 10,000."""
        return {
            "characters": self.characters,
            "cer_heard": round(100 * self.wrong_heard / max(self.characters, 1), 2),
            "cer_repaired": round(100 * self.wrong_repaired / max(self.characters, 1), 2),
            "names": self.names,
            "names_right_heard": round(100 * self.names_heard / max(self.names, 1), 1),
            "names_right_repaired": round(100 * self.names_repaired / max(self.names, 1), 1),
            "spoilt_in_10000": round(10_000 * self.spoilt / max(self.right_characters, 1), 1),
            "places_spoilt_in_10000": round(10_000 * self.spoilt_places / max(self.right_characters, 1), 1),
            "cpu_ms_for_50_characters": round(50_000 * self.seconds / max(self.characters, 1), 2),
        }


def bench(
    texts: Annotated[Path | None, typer.Option(exists=True, dir_okay=False)] = None,
    half: Annotated[int | None, typer.Option(min=0, max=1, help="Every second text only.")] = 0,
    show: Annotated[bool, typer.Option("--show", help="Tell each wrong change.")] = False,
) -> None:
    """Judge the repair on texts that are misheard by a seed."""
    utf8_output()
    content = get_settings().content_dir
    said = read(texts or content / "catalogue" / "complaints.jsonl")
    if half is not None:
        said = said[half::2]
    gazetteer, repairer = Gazetteer(content / "gazetteer"), Repairer.load(content)
    total = judged_right(repairer, said, show=show)
    for seed in range(SEEDS):
        ears = Mishearing(content / "speech" / "syllables.tsv", seed)
        for text in said:
            named = names(text, gazetteer)
            total += judged(repairer, text, ears.hear(text, named), named, show=show)
    emit(total.as_json())


def read(file: Path) -> list[str]:
    """The texts of a file: JSON lines with ``text``, a table with ``transcript``, or plain lines."""
    content = file.read_text(encoding="utf-8")
    if file.suffix == ".tsv":
        return [row["transcript"] for row in csv.DictReader(content.splitlines(), delimiter="\t")]
    lines = [line for line in content.splitlines() if line.strip()]
    return [json.loads(line)["text"] if line.startswith("{") else line for line in lines]


def names(text: str, gazetteer: Gazetteer) -> list[str]:
    """The city's names in a text, see :func:`name_spans`."""
    return [text[start:end] for start, end in name_spans(text, gazetteer)]


def name_spans(text: str, gazetteer: Gazetteer) -> list[tuple[int, int]]:
    """Where the city's names stand: the longest at each place, from three characters on, or a district's of two."""
    found = [
        (hit.start, hit.end)
        for hit in gazetteer.find(text)
        if any(
            (e.kind in NAMES and hit.end - hit.start >= 3) or e.kind == "district_stem" for e in hit.entries
        )
    ]
    longest: list[tuple[int, int]] = []
    at = 0
    for start, end in sorted(found, key=lambda span: (span[0], -span[1])):
        if start >= at:
            longest.append((start, end))
            at = end
    return longest


def judged(repairer: Repairer, text: str, heard: str, named: Iterable[str], *, show: bool = False) -> Outcome:
    """One text as it was heard, and what became of it."""
    began = time.process_time()
    repaired = repairer.repair(heard)
    seconds = time.process_time() - began
    before = Levenshtein.distance(bare(text), bare(heard))
    after = Levenshtein.distance(bare(text), bare(_without_digits(repaired)))
    wanted = list(named)
    if show and after > before:
        emit({"said": text, "heard": heard, "repaired": repaired.text})
    return Outcome(
        characters=len(bare(text)),
        wrong_heard=before,
        wrong_repaired=after,
        names=len(wanted),
        names_heard=sum(name in heard for name in wanted),
        names_repaired=sum(name in repaired.text for name in wanted),
        seconds=seconds,
    )


def judged_right(repairer: Repairer, texts: Iterable[str], *, show: bool = False) -> Outcome:
    """What is spoilt in texts that are right as they are."""
    total = Outcome()
    for text in texts:
        total.right_characters += len(text)
        for change in repairer.repair(text).changes:
            if change.why == "digits":
                continue
            size = sum(a != b for a, b in zip(change.heard, change.meant, strict=True))
            total.spoilt += size
            total.spoilt_places += size * (change.why == "place")
            if show:
                emit({"right": text, "spoilt": f"{change.heard} -> {change.meant}", "why": change.why})
    return total


def _without_digits(repaired: Repaired) -> str:
    """The repaired words with numbers as they were heard, since texts spell them one way or the other."""
    text = repaired.text
    for change in reversed(repaired.changes):
        if change.why == "digits":
            text = text[: change.start] + change.heard + text[change.end :]
    return text


if __name__ == "__main__":
    typer.run(bench)

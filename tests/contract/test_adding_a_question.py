"""The example of docs/dialogue.md: a question is added by rows of content alone, is asked, and its answers decide."""

from __future__ import annotations

import csv
import re
import shutil
from datetime import datetime
from pathlib import Path

import pytest

from actions.complaint.deciding import next_to_decide, take_decision
from actions.complaint.draft import Draft
from actions.complaint.utterance import Utterance
from bot.catalogue import Catalogue
from bot.catalogue.files import load_catalogue
from bot.clock import CITY
from bot.clocks import load_clocks
from bot.dispatch import Dispatcher
from bot.settings import PROJECT
from tests.unit.dialogue.test_deciding import Matter, understood

AT = datetime(2026, 11, 23, 15, tzinfo=CITY)
LEAF = "130401"
BLOCK = re.compile(r"^`(?P<file>\w+\.csv)`,[^`]*?```csv\n(?P<rows>.*?)```", re.MULTILINE | re.DOTALL)


def blocks() -> dict[str, str]:
    """The files that the example adds to, and the rows."""
    text = (PROJECT / "docs" / "dialogue.md").read_text(encoding="utf-8")
    return {match["file"]: match["rows"] for match in BLOCK.finditer(text)}


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    content: Path = tmp_path_factory.mktemp("city") / "content"
    shutil.copytree(PROJECT / "content", content, ignore=shutil.ignore_patterns("vectors", "knowledge"))
    folder = content / "catalogue"
    for name, rows in blocks().items():
        with (folder / name).open("a", encoding="utf-8") as file:
            file.write(rows)
    rules = folder / "dispatch_rules.csv"
    with rules.open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.DictReader(file))
    for line in lines:
        if line["category_code"] == LEAF:
            line["clarify_slots"] = ";".join([line["clarify_slots"], "machine_place"]).strip(";")
    with rules.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, lines[0])
        writer.writeheader()
        writer.writerows(lines)
    return load_catalogue(content)


def test_the_example_is_there() -> None:
    assert set(blocks()) == {"clarify_slots.csv", "fact_signals.csv"}


def test_the_new_question_is_asked_with_its_answers(catalogue: Catalogue) -> None:
    one = understood(catalogue, (LEAF, 0.9), missing=("machine_place",))
    deciding = next_to_decide(catalogue, Draft(matter=("健身器材坏了",)), one)
    assert deciding is not None
    assert deciding.slot == "machine_place"
    assert set(deciding.answers) == {"公园里", "小区里"}


@pytest.mark.parametrize(("answer", "lead"), [("公园里", "D.yll"), ("小区里", "ST")])
def test_its_answers_decide(catalogue: Catalogue, answer: str, lead: str) -> None:
    draft = Draft(matter=("健身器材坏了",), deciding="machine_place", decided_for=LEAF)
    taken = take_decision(draft, Utterance(answer, AT), catalogue)
    assert taken is not None
    assert taken.answers == {"machine_place": answer}
    one = understood(catalogue, (LEAF, 0.9))
    matter = Matter(LEAF, one.candidates, (), text=f"健身器材坏了；{answer}")
    decision = Dispatcher(catalogue, load_clocks(PROJECT / "content")).decide(
        _Answered(matter, taken.answers), at=AT
    )
    assert decision.lead_unit_id == lead


class _Answered:
    """A matter with what was answered."""

    def __init__(self, matter: Matter, answers: dict[str, str]) -> None:
        self._matter, self.answers = matter, answers

    def __getattr__(self, name: str) -> object:
        return getattr(self._matter, name)

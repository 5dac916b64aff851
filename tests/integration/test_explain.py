"""A clerk asks why a case went where it went, and is told what was decided then, not what would be decided now."""

from __future__ import annotations

import asyncio
import io
import json
import shutil
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import SecretStr
from rich.console import Console
from typer.testing import CliRunner

from bot.cases import CaseDraft, file_case
from bot.catalogue.files import load_catalogue
from bot.clocks import load_clocks
from bot.dispatch import Dispatcher
from bot.errors import CaseNotFound
from bot.identity import find_or_create
from bot.settings import PROJECT, Settings
from bot.storage import Database
from bot.storage.secrets import get_vault
from serve.cli import app
from serve.explaining import explain_case, sheet

AT = datetime(2026, 11, 23, 7, tzinfo=UTC)


@dataclass(frozen=True)
class Guess:
    code: str
    score: float


@dataclass(frozen=True)
class Matter:
    """A cold flat whose heating company was said."""

    text: str = "热力集团供暖的，屋里不热，我电话13900010001"
    kind: str = "投诉"
    category: str | None = "020101"
    candidates: tuple[Guess, ...] = (Guess("020101", 0.72), Guess("020102", 0.15), Guess("030101", 0.08))
    district: str | None = "朝阳区"
    street: str | None = "望京街道"
    urgency: str = "S1"
    missing: tuple[str, ...] = ("heat_scope",)
    place_match: str = "said"
    answers: dict[str, str] = field(default_factory=dict)


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    shutil.copytree(PROJECT / "content/catalogue", tmp_path / "content/catalogue")
    return Settings(
        data_dir=tmp_path / "var",
        content_dir=tmp_path / "content",
        database_url=SecretStr(database_url),
        _env_file=None,
    )


async def filed(database: Database, settings: Settings, *, anonymous: bool = False) -> tuple[str, str | None]:
    """The number and the tracking code of a case that was just filed."""
    matter, catalogue = Matter(), load_catalogue(settings.content_dir)
    decision = Dispatcher(catalogue, load_clocks(PROJECT / "content")).decide(matter, at=AT)
    draft = CaseDraft(
        kind=matter.kind,
        title="不热",
        content=matter.text,
        channel="web",
        urgency=matter.urgency,
        category=matter.category,
        category_path=catalogue.categories["020101"].path,
        category_confidence=0.72,
        category_candidates=tuple((one.code, one.score) for one in matter.candidates),
        catalogue_version=decision.catalogue_version,
        district=matter.district,
        street=matter.street,
        place_text="和畅嘉园5号楼",
        contact_phone="13900010001",
        anonymous=anonymous,
        understanding={"category_candidates": [{"code": one.code, "score": one.score} for one in matter.candidates]},
        decision=decision.as_record(),
        dispatch_kind=decision.kind,
        lead_unit_id=decision.lead_unit_id,
        lead_unit=decision.lead_unit,
        assist_units=tuple(zip(decision.assist_unit_ids, decision.assist_units, strict=True)),
    )  # fmt: skip
    vault = get_vault(settings)
    async with database.session() as session, session.begin():
        citizen = await find_or_create(session, vault, "web", "somebody", AT)
        case = await file_case(session, draft, vault=vault, inbox_id=1, issue=0, citizen=citizen, at=AT)
    return case.case_number, case.tracking_code


def shown(told) -> str:
    out = io.StringIO()
    Console(file=out, width=160).print(sheet(told))
    return out.getvalue()


async def test_a_clerk_reads_the_whole_decision(
    database: Database, database_url: str, settings: Settings
) -> None:
    number, _ = await filed(database, settings)
    told = await explain_case(settings, database_url, number.lower(), unmasked=False)
    assert told.rule == "020101"
    assert (told.lead_unit_id, told.lead_unit) == ("C.heat", "北京市热力集团有限责任公司")
    assert told.superseded_by is None
    assert [(one.code, one.score) for one in told.categories] == [("020102", 0.15), ("030101", 0.08)]
    assert "ST" in {one.code for one in told.units}
    text = shown(told)
    for words in (
        number,
        "类别 020101",
        "供热",
        "望京街道",
        "S1",
        "把握 0.72",
        "把握 0.15，低于所选类别的 0.72",
        "改为 C.heat",
        str(told.catalogue_version),
        "2026-11-23 15:00",
        "heat_scope",
    ):
        assert words in text
    assert told.due_at is not None
    assert told.due_at > AT


async def test_nobody_is_named_unless_asked_for(
    database: Database, database_url: str, settings: Settings
) -> None:
    number, _ = await filed(database, settings)
    told = await explain_case(settings, database_url, number, unmasked=False)
    body = json.dumps(told.as_json(), ensure_ascii=False, default=str)
    assert "13900010001" not in body
    assert "和畅嘉园" not in body + shown(told)
    assert "和畅嘉园5号楼" in shown(await explain_case(settings, database_url, number, unmasked=True))


async def test_a_changed_rule_does_not_judge_an_old_case_anew(
    database: Database, database_url: str, settings: Settings
) -> None:
    number, _ = await filed(database, settings)
    before = await explain_case(settings, database_url, number, unmasked=False)
    rules = settings.content_dir / "catalogue/dispatch_rules.csv"
    text = rules.read_text(encoding="utf-8").replace(",C.heatp,", ",D.csgl,").replace("C.heat;", "B.csgl;")
    rules.write_text(text, encoding="utf-8")
    told = await explain_case(settings, database_url, number, unmasked=False)
    assert (told.lead_unit, told.basis, told.evidence) == (before.lead_unit, before.basis, before.evidence)
    assert told.catalogue_version == before.catalogue_version
    assert told.superseded_by == load_catalogue(settings.content_dir).version
    assert "本件不重新判定" in shown(told)
    rules.unlink()
    assert (await explain_case(settings, database_url, number, unmasked=False)).evidence == before.evidence


async def test_an_anonymous_case_is_explained_by_its_tracking_code(
    database: Database, database_url: str, settings: Settings
) -> None:
    _, code = await filed(database, settings, anonymous=True)
    assert code is not None
    told = await explain_case(settings, database_url, code, unmasked=False)
    assert (told.rule, told.lead_unit_id) == ("020101", "C.heat")


async def test_an_unknown_number_is_said_to_be_none(database_url: str, settings: Settings) -> None:
    with pytest.raises(CaseNotFound):
        await explain_case(settings, database_url, "SD-0000-00000", unmasked=False)


async def test_the_command_writes_one_json_object(
    database: Database, database_url: str, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    number, _ = await filed(database, settings)
    monkeypatch.setattr("bot.settings.get_settings", lambda: settings)
    done = await asyncio.to_thread(CliRunner().invoke, app, ["explain", number, "--json"])
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert (told["case_number"], told["rule"], told["sla_class"]) == (number, "020101", "S1")
    assert told["due_at"].endswith("+08:00")

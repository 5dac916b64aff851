"""What leaves the house in an export: masked unless asked otherwise, and harmless in a spreadsheet."""

import csv
import io
import json

import pytest

from bot.cases import CaseDraft, file_case
from bot.clock import now
from bot.identity import find_or_create
from bot.settings import Settings
from bot.storage.secrets import get_vault
from serve.exporting import write_cases


@pytest.fixture
async def settings(database, tmp_path):
    settings = Settings(data_dir=tmp_path, _env_file=None)
    vault = get_vault(settings)
    async with database.session() as session, session.begin():
        citizen = await find_or_create(session, vault, "web", "somebody", now())
        draft = CaseDraft(
            kind="投诉", title="噪音", content='=HYPERLINK("http://x.example")，我电话13900010001', channel="web",
            place_text="和畅嘉园5号楼", contact_phone="13900010001", contact_name="欧阳建国",
        )  # fmt: skip
        await file_case(session, draft, vault=vault, inbox_id=1, issue=0, citizen=citizen, at=now())
    return settings


async def written(settings, url, **options):
    out = io.StringIO()
    assert await write_cases(settings, url, out, **options) == 1
    return out.getvalue()


@pytest.mark.parametrize("form", ["csv", "jsonl"])
async def test_nobody_is_named_unless_asked_for(settings, database_url, form):
    text = await written(settings, database_url, form=form, unmasked=False)
    for personal in ("13900010001", "欧阳建国", "和畅嘉园"):
        assert personal not in text


async def test_asked_for_everything_is_there(settings, database_url):
    case = json.loads(await written(settings, database_url, form="jsonl", unmasked=True))
    assert case["contact_phone"] == "13900010001"
    assert case["location"]["text"] == "和畅嘉园5号楼"


async def test_words_do_not_run_in_a_spreadsheet(settings, database_url):
    (row,) = csv.DictReader(io.StringIO(await written(settings, database_url, form="csv", unmasked=True)))
    assert row["content"].startswith("'=")
    assert row["title"] == "噪音"

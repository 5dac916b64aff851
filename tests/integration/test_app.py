"""The app as one: what an operator or another system meets at its addresses."""

import re
from types import SimpleNamespace

import httpx
import pytest

from actions.services import Services
from bot.cases import CaseDraft, file_case
from bot.clock import now
from bot.identity import find_or_create
from bot.settings import Settings
from bot.storage.secrets import api_key, get_vault
from channels.web.sender import vouched_address
from serve.app import create_app


def light_services(settings, database):
    """Services without the models, which these tests do not ask."""
    return Services(
        settings=settings,
        database=database,
        vault=get_vault(settings),
        understander=SimpleNamespace(
            catalogue=SimpleNamespace(categories={"1": 1}, version="v"), may_be_danger=lambda _text: None
        ),
        dispatcher=None,
        knowledge=SimpleNamespace(articles=("one",)),
    )


@pytest.fixture
def settings(database_url, tmp_path, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", database_url)
    return Settings(data_dir=tmp_path, engine_url="http://127.0.0.1:9", _env_file=None)


@pytest.fixture
async def client(settings):
    app = create_app(settings, build=light_services)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://suda.test") as caller,
    ):
        yield caller


async def test_readiness_names_exactly_what_is_not_there(client):
    answer = await client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["not_ready"] == ["worker", "engine"]
    assert (await client.get("/healthz")).status_code == 200


async def test_metrics_show_the_queue_and_the_process(client):
    shown = (await client.get("/metrics")).text
    assert re.search(r"^suda_queue_depth 0\.0$", shown, re.MULTILINE)
    assert 'suda_process_resident_bytes{process="app"}' in shown


async def test_the_documentation_needs_no_other_machine(client):
    page = await client.get("/docs")
    assert page.status_code == 200
    assert not re.search(r"(src|href)=.https?:", page.text)
    for path in re.findall(r"(?:src|href)=[\"'](/[^\"']+)", page.text):
        assert (await client.get(path)).status_code == 200
    assert "/api/chat/messages" in (await client.get("/openapi.json")).text


async def test_unknown_addresses_and_methods_are_json_errors(client):
    assert (await client.get("/nowhere")).json()["error"]["code"] == "not_found"
    assert (await client.put("/healthz")).json()["error"]["code"] == "method_not_allowed"


async def test_the_engines_door_is_locked(client):
    assert (await client.post("/actions/webhook", json={})).status_code == 401


@pytest.mark.parametrize("headers", [{}, {"X-API-Key": "wrong"}, {"X-API-Key": ""}])
async def test_cases_need_the_key(client, headers):
    answer = await client.get("/api/cases", params={"sender_id": "a"}, headers=headers)
    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == "unauthorized"


async def test_a_caller_with_the_key_reads_whole_cases_of_the_sender_it_named(client, settings, database):
    vault, key = get_vault(settings), {"X-API-Key": api_key(settings)}
    async with database.session() as session, session.begin():
        citizen = await find_or_create(session, vault, "web", vouched_address("ann"), now())
        draft = CaseDraft(
            kind="投诉", title="室温不达标", content="暖气不热", channel="web", contact_phone="13900010001"
        )
        filed = await file_case(session, draft, inbox_id=1, issue=0, citizen=citizen, at=now(), vault=vault)
    (case,) = (await client.get("/api/cases", params={"sender_id": "ann"}, headers=key)).json()["cases"]
    assert case["case_number"] == filed.case_number
    assert case["contact_phone"] == "13900010001"
    assert {"state", "anonymous", "location", "occurred", "dispatch"} <= set(case)
    assert (await client.get("/api/cases", params={"sender_id": "bob"}, headers=key)).json() == {"cases": []}
    by_number = await client.get("/api/cases", params={"number": filed.case_number}, headers=key)
    assert [one["case_number"] for one in by_number.json()["cases"]] == [filed.case_number]

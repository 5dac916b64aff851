"""The desk as programs and clerks meet it: who is let in, what is shown, what happens when a button is pressed."""

from __future__ import annotations

import html
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, cast
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import text

from bot.clock import now
from bot.handover import Handover, expire_handovers, open_handover
from bot.identity import CitizenRef, find_or_create
from bot.intake import accept, history
from bot.messages import Incoming
from bot.settings import Settings
from bot.storage import Database
from bot.storage.secrets import api_key, get_vault
from console.showing import mask
from serve.app import create_app
from tests.support.light_services import light_services

PHONE = "13900010001"
SAME = {"Sec-Fetch-Site": "same-origin"}
PAGE = "/console/handovers"


@pytest.fixture
def settings(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("DATABASE_URL", database_url)
    return Settings(data_dir=tmp_path, engine_url="http://127.0.0.1:9", _env_file=None)


@pytest.fixture
async def client(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(settings, build=light_services)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://suda.test") as caller,
    ):
        yield caller


@pytest.fixture
def key(settings: Settings) -> dict[str, str]:
    return {"X-API-Key": api_key(settings)}


@pytest.fixture
def clerk(settings: Settings) -> httpx.BasicAuth:
    return httpx.BasicAuth("c7", api_key(settings))


async def asked(
    settings: Settings, database: Database, address: str = "a", **changes: Any
) -> tuple[CitizenRef, Handover]:
    values: dict[str, Any] = {
        "channel": "web",
        "reason": "asked",
        "summary": f"锅炉房太吵，电话{PHONE}",
        "fields": {"电话": PHONE, "地点": "<b>五号楼</b>"},
        "transcript": [("citizen", "<script>alert(1)</script>"), ("bot", "请问在哪里？")],
        "danger": False,
        "at": now(),
    }
    async with database.session() as session, session.begin():
        citizen = await find_or_create(session, get_vault(settings), "web", address, now())
        return citizen, await open_handover(session, citizen, **(values | changes))


async def citizen_says(settings: Settings, database: Database, words: str, address: str = "a") -> None:
    async with database.session() as session, session.begin():
        await accept(session, get_vault(settings), Incoming("web", address, words, words, now()))


async def readings(database: Database) -> list[str]:
    query = text("SELECT clerk FROM handover_event WHERE action = 'read' ORDER BY id")
    async with database.session() as session:
        return list((await session.execute(query)).scalars())


async def a_minute_passes(database: Database) -> None:
    async with database.session() as session, session.begin():
        await session.execute(text("UPDATE handover_event SET at = at - interval '61 seconds'"))


async def heard(settings: Settings, database: Database, citizen: CitizenRef) -> list[str]:
    async with database.session() as session:
        return [said.reply.text for said in await history(session, get_vault(settings), citizen.id, 50)]


def is_masked(shown: str) -> bool:
    return PHONE not in shown and "139****0001" in shown


@pytest.mark.parametrize(
    "headers", [{}, {"X-API-Key": "wrong"}, {"X-API-Key": ""}, {"X-API-Key": "密".encode()}]
)
async def test_the_api_needs_the_key(client: httpx.AsyncClient, headers: dict[str, Any]) -> None:
    for method, path in (
        ("GET", "/api/handovers"),
        ("GET", f"/api/handovers/{uuid4()}"),
        ("POST", f"/api/handovers/{uuid4()}/take"),
        ("POST", f"/api/handovers/{uuid4()}/say"),
        ("POST", f"/api/handovers/{uuid4()}/hand_back"),
    ):
        answer = await client.request(method, path, headers=headers)
        assert answer.status_code == 401
        assert answer.json()["error"]["code"] == "unauthorized"


async def test_a_program_takes_answers_and_hands_back(
    client: httpx.AsyncClient, settings: Settings, database: Database, key: dict[str, str]
) -> None:
    citizen, handover = await asked(settings, database)
    answer = await client.get("/api/handovers", headers=key)
    assert answer.headers["cache-control"] == "no-store"
    (one,) = answer.json()["handovers"]
    assert (one["id"], one["state"], one["reason"], one["clerk"]) == (
        str(handover.id),
        "waiting",
        "asked",
        None,
    )
    assert is_masked(answer.text)
    assert str(citizen.id) not in answer.text

    path = f"/api/handovers/{handover.id}"
    whole = (await client.get(path, headers=key)).json()
    assert whole["fields"]["电话"] == "139****0001"
    assert whole["transcript"][1] == {"by": "bot", "text": "请问在哪里？"}

    early = await client.post(f"{path}/say", headers=key, json={"clerk": "c7", "words": "您好"})
    assert (early.status_code, early.json()["error"]["code"]) == (409, "not_held")
    taken = await client.post(f"{path}/take", headers=key, json={"clerk": "c7"})
    assert (taken.json()["state"], taken.json()["clerk"]) == ("taken", "c7")
    words = {"clerk": "c7", "words": "您好", "key": "1"}
    assert (await client.post(f"{path}/say", headers=key, json=words)).json() == {"said": True}
    assert (await client.post(f"{path}/say", headers=key, json=words)).json() == {"said": False}
    ended = await client.post(f"{path}/hand_back", headers=key, json={"clerk": "c7", "words": "再见"})
    assert ended.json()["state"] == "handed_back"
    assert (await heard(settings, database, citizen))[:2] == ["您好", "再见"]
    late = await client.post(f"{path}/take", headers=key, json={"clerk": "c8"})
    assert (late.status_code, late.json()["error"]["code"]) == (409, "closed")
    assert (await client.get("/api/handovers", headers=key)).json() == {"handovers": []}
    whole = (await client.get(path, headers=key)).json()
    assert [line["by"] for line in whole["conversation"]] == ["clerk", "clerk", "bot"]
    assert [step["action"] for step in whole["steps"]] == ["opened", "taken", "handed_back"]


async def test_what_is_wrong_or_not_there_is_refused(
    client: httpx.AsyncClient, settings: Settings, database: Database, key: dict[str, str]
) -> None:
    _, handover = await asked(settings, database)
    path = f"/api/handovers/{handover.id}"
    missing = await client.post(f"/api/handovers/{uuid4()}/take", headers=key, json={"clerk": "c7"})
    assert (missing.status_code, missing.json()["error"]["code"]) == (404, "not_found")
    assert (await client.get("/api/handovers/1", headers=key)).status_code == 404
    await client.post(f"{path}/take", headers=key, json={"clerk": "c7"})
    for body in ({}, {"clerk": "c7"}, {"clerk": "c7", "words": " "}, {"clerk": "王 五", "words": "喂"}):
        answer = await client.post(f"{path}/say", headers=key, json=body)
        assert answer.status_code == 422


@pytest.mark.parametrize("name", ["", "王五", "a b", "c7\n", "x" * 41])
async def test_a_page_needs_a_clerks_id_and_the_key(
    client: httpx.AsyncClient, settings: Settings, name: str
) -> None:
    for auth in (None, httpx.BasicAuth("c7", "wrong"), httpx.BasicAuth(name, api_key(settings))):
        answer = await client.get(PAGE, auth=cast("Any", auth))
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"].startswith("Basic ")
    broken = await client.get(PAGE, headers={"Authorization": "Basic !!!"})
    assert broken.status_code == 401


async def test_a_program_sees_numbers_as_the_clerk_who_holds_it(
    client: httpx.AsyncClient, settings: Settings, database: Database, key: dict[str, str]
) -> None:
    said = ("citizen", f"打{PHONE}找我")
    _, handover = await asked(settings, database, transcript=[said])
    await citizen_says(settings, database, f"还是{PHONE}")
    path = f"/api/handovers/{handover.id}"

    async def seen(clerk: str | None) -> httpx.Response:
        return await client.get(path, headers=key, params={} if clerk is None else {"clerk": clerk})

    for clerk in (None, "c7"):
        assert is_masked((await seen(clerk)).text)
    await client.post(f"{path}/take", headers=key, json={"clerk": "c7"})
    for clerk in (None, "c8"):
        assert is_masked((await seen(clerk)).text)
    whole = await seen("c7")
    assert whole.text.count(PHONE) == 4
    assert "****" not in whole.text
    assert (whole.json()["masked"], (await seen(None)).json()["masked"]) == (False, True)
    assert (await seen("王 五")).status_code == 422
    await client.post(f"{path}/take", headers=key, json={"clerk": "c8"})
    assert is_masked((await seen("c7")).text)
    assert PHONE in (await seen("c8")).text
    await client.post(f"{path}/hand_back", headers=key, json={"clerk": "c8"})
    last = await seen("c8")
    assert is_masked(last.text)
    steps = [(step["action"], step["clerk"]) for step in last.json()["steps"]]
    assert steps == [
        ("opened", None),
        ("taken", "c7"),
        ("read", "c7"),
        ("taken_over", "c8"),
        ("read", "c8"),
        ("handed_back", "c8"),
    ]
    assert (await client.get(f"/api/handovers/{uuid4()}?clerk=c7", headers=key)).status_code == 404


async def test_a_page_shows_numbers_to_its_clerk_only_and_keeps_that_it_did(
    client: httpx.AsyncClient, settings: Settings, database: Database, clerk: httpx.BasicAuth
) -> None:
    _, handover = await asked(settings, database, transcript=[("citizen", f"打{PHONE}找我")])
    await citizen_says(settings, database, f"还是{PHONE}")
    path, other = f"{PAGE}/{handover.id}", httpx.BasicAuth("c8", api_key(settings))
    pages = (path, f"{path}/conversation")
    for page in pages:
        assert is_masked((await client.get(page, auth=clerk)).text)
    await client.post(f"{path}/take", auth=clerk, headers=SAME, data={"x": ""})
    for page in (*pages, *pages):
        assert PHONE in (await client.get(page, auth=clerk)).text
        assert is_masked((await client.get(page, auth=other)).text)
    assert await readings(database) == ["c7"]
    await a_minute_passes(database)
    shown = (await client.get(path, auth=clerk)).text
    assert await readings(database) == ["c7", "c7"]
    assert shown.count("查看完整号码：c7") == 1
    assert "接手后显示完整号码" not in shown


async def test_what_is_no_longer_kept_is_said_so(
    client: httpx.AsyncClient,
    settings: Settings,
    database: Database,
    clerk: httpx.BasicAuth,
    key: dict[str, str],
) -> None:
    _, handover = await asked(settings, database)
    path = f"/api/handovers/{handover.id}"
    for act in ("take", "hand_back"):
        await client.post(f"{path}/{act}", headers=key, json={"clerk": "c7"})
    async with database.session() as session, session.begin():
        assert await expire_handovers(session, now()) == 1
    assert "不再保存" in (await client.get(f"{PAGE}/{handover.id}", auth=clerk)).text
    gone = (await client.get(path, headers=key)).json()
    assert (gone["readable"], gone["expired"], gone["fields"], gone["conversation"]) == (False, True, {}, [])


async def test_the_list_and_the_detail_mask(
    client: httpx.AsyncClient, settings: Settings, database: Database, clerk: httpx.BasicAuth
) -> None:
    await asked(settings, database, "calm")
    _, danger = await asked(settings, database, "danger", danger=True, reason="danger", summary="煤气泄漏")
    page = (await client.get(PAGE, auth=clerk)).text
    assert is_masked(page)
    assert page.index("煤气泄漏") < page.index("锅炉房太吵")
    assert "等待接手（2）" in page
    detail = await client.get(f"{PAGE}/{danger.id}", auth=clerk)
    assert is_masked(detail.text)
    assert "接手后显示完整号码" in detail.text
    assert "<script>" not in detail.text
    assert "<b>五号楼" not in detail.text
    assert "接手</button>" in detail.text
    assert detail.headers["cache-control"] == "no-store"
    policy = detail.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    frame = await client.get(f"{PAGE}/{danger.id}/conversation", auth=clerk)
    assert "frame-ancestors 'self'" in frame.headers["content-security-policy"]
    (style,) = re.findall(r'href="(/assets/[^"]+)"', detail.text)
    assert (await client.get(style)).headers["content-type"].startswith("text/css")
    assert (await client.get(f"{PAGE}/{uuid4()}", auth=clerk)).status_code == 404


async def test_a_clerk_takes_answers_and_hands_back_on_the_page(
    client: httpx.AsyncClient, settings: Settings, database: Database, clerk: httpx.BasicAuth
) -> None:
    citizen, handover = await asked(settings, database)
    path = f"{PAGE}/{handover.id}"
    answer = await client.post(f"{path}/take", auth=clerk, headers=SAME, data={"x": ""})
    assert (answer.status_code, answer.headers["location"]) == (303, path)
    page = (await client.get(path, auth=clerk)).text
    (form_key,) = re.findall(r'name="key" value="([^"]+)"', page)
    form = {"key": form_key, "words": "马上来 & <看看>"}
    for _ in range(2):
        assert (await client.post(f"{path}/say", auth=clerk, headers=SAME, data=form)).status_code == 303
    assert await heard(settings, database, citizen) == ["马上来 & <看看>"]
    frame = (await client.get(f"{path}/conversation", auth=clerk)).text
    assert html.escape("马上来 & <看看>") in frame
    assert 'http-equiv="refresh"' in frame
    assert (
        await client.post(f"{path}/hand_back", auth=clerk, headers=SAME, data={"x": ""})
    ).status_code == 303
    assert len(await heard(settings, database, citizen)) == 2
    assert "已交回机器人" in (await client.get(path, auth=clerk)).text
    assert 'http-equiv="refresh"' not in (await client.get(f"{path}/conversation", auth=clerk)).text


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("window_shut", "48 小时没有说话"),
        ("budget_spent", "条数用完了"),
        ("blocked", "不再关注"),
        ("passive_only", "只能在市民说话时回复"),
        ("gone", "会话已经不在了"),
        ("no_channel", "没有开通"),
        ("unsure", "不确定是否送达"),
        ("WeChatRefused", "拒收"),
    ],
)
async def test_a_clerk_sees_which_words_did_not_reach_the_citizen_and_why(
    client: httpx.AsyncClient, settings: Settings, database: Database, clerk: httpx.BasicAuth, key: dict[str, str],
    code: str, said: str,
) -> None:  # fmt: skip
    _, handover = await asked(settings, database)
    path = f"{PAGE}/{handover.id}"
    await client.post(f"{path}/take", auth=clerk, headers=SAME, data={"x": ""})
    await client.post(f"{path}/say", auth=clerk, headers=SAME, data={"key": "k", "words": "马上来"})
    assert "没能送达" not in (await client.get(f"{path}/conversation", auth=clerk)).text
    state = "failed" if code == "WeChatRefused" else "untold"
    async with database.session() as session, session.begin():
        await session.execute(
            text("UPDATE outbox SET state = :state, error_code = :code"), {"state": state, "code": code}
        )
    assert said in (await client.get(f"{path}/conversation", auth=clerk)).text
    detail = (await client.get(f"/api/handovers/{handover.id}", headers=key)).json()
    assert [line["untold"] for line in detail["conversation"]] == [code]


async def test_what_was_typed_stays_when_a_colleague_was_faster(
    client: httpx.AsyncClient, settings: Settings, database: Database, clerk: httpx.BasicAuth
) -> None:
    _, handover = await asked(settings, database)
    path = f"{PAGE}/{handover.id}"
    await client.post(f"{path}/take", auth=clerk, headers=SAME, data={"x": ""})
    other = httpx.BasicAuth("c8", api_key(settings))
    await client.post(f"{path}/take", auth=other, headers=SAME, data={"x": ""})
    answer = await client.post(f"{path}/say", auth=clerk, headers=SAME, data={"words": "写了半天的话"})
    assert answer.status_code == 409
    assert "请先接手" in answer.text
    assert "写了半天的话" in answer.text


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://suda.test"},
        {"Origin": "http://evil.test"},
        {"Origin": "null"},
    ],
)
async def test_forms_of_other_sites_do_nothing(
    client: httpx.AsyncClient,
    settings: Settings,
    database: Database,
    clerk: httpx.BasicAuth,
    key: dict[str, str],
    headers: dict[str, str],
) -> None:
    _, handover = await asked(settings, database)
    answer = await client.post(f"{PAGE}/{handover.id}/take", auth=clerk, headers=headers, data={"x": ""})
    assert answer.status_code == 403
    (one,) = (await client.get("/api/handovers", headers=key)).json()["handovers"]
    assert one["state"] == "waiting"


async def test_a_browser_that_only_names_its_origin_is_believed(
    client: httpx.AsyncClient, settings: Settings, database: Database, clerk: httpx.BasicAuth
) -> None:
    _, handover = await asked(settings, database)
    own = {"Origin": "http://suda.test"}
    take = f"{PAGE}/{handover.id}/take"
    assert (await client.post(take, auth=clerk, headers=own, data={"x": ""})).status_code == 303
    assert (await client.post(take, auth=clerk, headers=own, json={"x": ""})).status_code == 415


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("打139 0001 0001找我", "打139****0001找我"),
        ("身份证110101199003070003", "身份证110****0003"),
        ("打400-810-0000没人接", "打400-810-0000没人接"),
        ("五号楼3单元501", "五号楼3单元501"),
    ],
)
def test_numbers_of_people_are_half_hidden(said: str, shown: str) -> None:
    assert mask(said) == shown

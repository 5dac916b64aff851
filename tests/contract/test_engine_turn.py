"""The engine keeps its side of docs/architecture.md: the turn, its errors, its record, its silence about people."""

from __future__ import annotations

import base64
import itertools
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import psycopg
import pytest

from bot.settings import PROJECT
from serve.embedded_postgres import EmbeddedPostgres
from tests.support.engine_process import KEY, PYTHON, SECRET, ActionServer, Engine, engine, trained_model
from tests.support.ports import free_port

pytestmark = [pytest.mark.engine, pytest.mark.slow]

ORDER = ["我要订货", "大的", "红色", "3", "要"]
PHONE = "13800138000"
_numbers = itertools.count(1)


@pytest.fixture(scope="module")
def url(postgres: EmbeddedPostgres, template: str) -> Iterator[str]:
    """One migrated database for this module: each start of an engine takes ten seconds."""
    name = f"engine_turn_{next(_numbers)}"
    server = postgres.url
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
    yield server.replace("/suda?", f"/{name}?")
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="module")
def served(url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Engine, ActionServer]]:
    """The engine and its action server."""
    actions = ActionServer()
    with engine(tmp_path_factory.mktemp("engine"), url, actions.url) as running:
        yield running, actions
    actions.close()


@pytest.fixture
def bot(served: tuple[Engine, ActionServer]) -> Engine:
    """The running engine."""
    return served[0]


@pytest.fixture
def actions(served: tuple[Engine, ActionServer]) -> Iterator[ActionServer]:
    """The action server, forgetful again after each test."""
    yield served[1]
    served[1].answers.clear()
    served[1].calls.clear()


def error(answer: httpx.Response) -> tuple[int, str]:
    """Status and code of an error, which has its agreed form."""
    body = answer.json()
    assert set(body) == {"error"}
    assert set(body["error"]) == {"code", "message"}
    return answer.status_code, body["error"]["code"]


def rows(url: str, conversation: UUID) -> list[tuple[Any, ...]]:
    """The stored turns of a conversation."""
    with psycopg.connect(url) as connection:
        query = "SELECT seq, starts_session, data FROM engine_event WHERE conversation_id = %s ORDER BY seq"
        return connection.execute(query, (conversation,)).fetchall()


def test_a_conversation(bot: Engine, actions: ActionServer) -> None:
    citizen = uuid4()
    answer = bot.turn(citizen, "你好", inbox_id=900_001)
    assert answer.json() == {
        "inbox_id": 900_001,
        "repeated": False,
        "messages": [
            {
                "text": "您好，我能做什么？",
                "buttons": [{"title": "订货", "payload": "我要订货"}, {"title": "帮助", "payload": "怎么用"}],
            }
        ],
    }
    asked = [bot.says(citizen, text) for text in ORDER[:-1]]
    assert [texts[0] for texts in asked[:3]] == ["多大的？", "什么颜色？已选大。", "要几个？"]
    actions.answers["action_submit_order"] = actions.says("订好了。", custom={"number": "A-1"})
    done = bot.turn(citizen, "要").json()["messages"]
    assert done == [{"text": "订好了。", "buttons": [], "custom": {"number": "A-1"}}]


def test_the_channel_chooses_the_wording(bot: Engine) -> None:
    assert bot.says(uuid4(), "怎么用", channel="web") == ["在网页上说要订货就行。"]
    assert bot.says(uuid4(), "怎么用", channel="telegram") == ["说要订货就行。"]


def test_actions_see_the_message_and_the_secret(bot: Engine, actions: ActionServer) -> None:
    bot.says(uuid4(), "奇怪的回答", inbox_id=900_002, metadata={"page": 7, "inbox_id": 1})
    call = actions.named("action_odd")[-1]
    seen = call["tracker"]["latest_message"]["metadata"]
    assert {name: seen[name] for name in ("inbox_id", "sent_at", "channel", "page")} == {
        "inbox_id": 900_002,
        "sent_at": "2026-11-23T15:00:00+08:00",
        "channel": "web",
        "page": 7,
    }
    assert KEY not in str(call)
    assert actions.headers[-1]["Authorization"] == f"Bearer {SECRET}"


@pytest.mark.parametrize("given", ["", "Bearer wrong", f"Basic {SECRET}", SECRET])
def test_a_wrong_secret_opens_nothing(bot: Engine, given: str) -> None:
    for method, path in (("POST", "/turn"), ("POST", "/forget"), ("GET", "/health")):
        answer = bot.http.request(method, path, headers={"Authorization": given})
        assert error(answer) == (401, "unauthorized")


def test_rasas_own_routes_are_not_there(bot: Engine) -> None:
    root = f"http://127.0.0.1:{bot.port}"
    for path in ("/webhooks/rest/webhook", "/model/parse", "/conversations/x/tracker", "/status"):
        assert bot.http.post(root + path, json={}).status_code == 404


@pytest.mark.parametrize(
    ("fields", "status", "code"),
    [
        ({"conversation_id": "me"}, 400, "bad_request"),
        ({"conversation_id": None}, 400, "bad_request"),
        ({"inbox_id": "7"}, 400, "bad_request"),
        ({"inbox_id": True}, 400, "bad_request"),
        ({"inbox_id": -1}, 400, "bad_request"),
        ({"sent_at": "yesterday"}, 400, "bad_request"),
        ({"sent_at": "2026-11-23T15:00:00"}, 400, "bad_request"),
        ({"key": "c2hvcnQ="}, 400, "bad_key"),
        ({"key": "***"}, 400, "bad_key"),
        ({"text": None}, 400, "bad_request"),
        ({"metadata": [1]}, 400, "bad_request"),
        ({"intent": "greet", "text": None}, 400, "bad_request"),
        ({"intent": "EXTERNAL_unknown", "text": None}, 400, "unknown_intent"),
        ({"entities": [{"entity": "color", "value": "红色"}]}, 400, "bad_request"),
        ({"text": "长" * 16_001}, 413, "too_large"),
    ],
)
def test_a_wrong_turn_is_refused(
    bot: Engine, url: str, fields: dict[str, Any], status: int, code: str
) -> None:
    citizen = uuid4()
    assert error(bot.turn(citizen, "你好", **fields)) == (status, code)
    assert rows(url, citizen) == []


def test_a_body_that_is_no_turn(bot: Engine) -> None:
    assert error(bot.http.post("/turn", content=b"{")) == (400, "bad_request")
    assert error(bot.http.post("/turn", content=b"[]")) == (400, "bad_request")
    assert bot.http.post("/turn", content=b" " * 300_000).status_code == 413


@pytest.mark.parametrize(
    "text", ["/greet", ' /inform{"size": "大"}', "/restart", "/session_start", "//", "/"]
)
def test_nobody_types_an_intent(bot: Engine, actions: ActionServer, text: str) -> None:
    citizen = uuid4()
    bot.says(citizen, "我要订货")
    assert bot.turn(citizen, text).status_code == 200
    bot.says(citizen, "你好")
    tracker = actions.named("action_read_mood")[-1]["tracker"]
    typed = [event for event in tracker["events"] if event["event"] == "user"][1]
    assert typed["text"] == "\N{FULLWIDTH SOLIDUS}" + text.strip()[1:]
    assert typed["parse_data"]["intent"]["confidence"] < 1
    assert tracker["active_loop"]["name"] == "order_form"


@pytest.mark.parametrize(
    "text", ["", "   ", "\u200b", "😀", "\x00\x01", "<script>alert(1)</script>", "字" * 10_000]
)
def test_odd_texts_are_answered(bot: Engine, text: str) -> None:
    assert bot.turn(uuid4(), text).status_code == 200


def test_a_turn_of_our_own(bot: Engine, actions: ActionServer) -> None:
    citizen = uuid4()
    fields = {"intent": "EXTERNAL_remind", "entities": [{"entity": "color", "value": "蓝色"}], "text": None}
    assert bot.turn(citizen, "", **fields).json()["messages"][0]["text"] == "提醒：蓝色"
    bot.says(citizen, "奇怪的回答")
    events = actions.named("action_odd")[-1]["tracker"]["events"]
    reminded = next(event for event in events if event["event"] == "user")
    assert reminded["metadata"]["channel"] == "web"


def test_a_repeat_is_answered_from_the_record(bot: Engine, actions: ActionServer, url: str) -> None:
    citizen = uuid4()
    actions.answers["action_odd"] = actions.says("办好了。")
    first = bot.turn(citizen, "奇怪的回答", inbox_id=900_010).json()
    again = bot.turn(citizen, "奇怪的回答", inbox_id=900_010).json()
    assert again == first | {"repeated": True}
    assert len(actions.named("action_odd")) == 1
    assert len(rows(url, citizen)) == 1
    assert error(bot.turn(uuid4(), "你好", inbox_id=900_010)) == (409, "other_conversation")


def _broken(_body: dict[str, Any]) -> tuple[int, Any]:
    return 500, {"error": f"请拨打{PHONE}", "action_name": "action_fail"}


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        (_broken, 503),
        (lambda _body: (401, {}), 502),
        (lambda _body: (200, {"events": [{"event": "slot"}], "responses": []}), 502),
        (lambda _body: (200, {"events": [{"event": "no such event"}], "responses": []}), 502),
    ],
)
def test_a_failed_action_is_an_error_and_may_be_tried_again(
    bot: Engine, actions: ActionServer, url: str, fault: Any, status: int
) -> None:
    citizen, inbox = uuid4(), 900_100 + next(_numbers)
    bot.says(citizen, "你好")
    before = rows(url, citizen)
    actions.answers["action_fail"] = fault
    assert error(bot.turn(citizen, "出错给我看", inbox_id=inbox)) == (status, "action_failed")
    assert len(actions.named("action_fail")) == 1, "an action call must never be repeated"
    assert rows(url, citizen) == before
    actions.answers["action_fail"] = actions.says("好了。")
    answer = bot.turn(citizen, "出错给我看", inbox_id=inbox).json()
    assert [message["text"] for message in answer["messages"]] == ["好了。"]
    assert answer["repeated"] is False
    events = actions.named("action_fail")[-1]["tracker"]["events"]
    assert [event["text"] for event in events if event["event"] == "user"] == ["你好", "出错给我看"]


def test_a_failure_inside_slot_extraction_counts_too(bot: Engine, actions: ActionServer, url: str) -> None:
    citizen = uuid4()
    actions.answers["action_read_mood"] = lambda _body: (500, {})
    assert error(bot.turn(citizen, "你好")) == (503, "action_failed")
    assert rows(url, citizen) == []


def test_where_no_action_server_is_no_turn_is_to_blame(bot: Engine, actions: ActionServer, url: str) -> None:
    """The app restarts: its citizens' messages must wait for it, however long it takes."""
    citizen, inbox = uuid4(), 900_500 + next(_numbers)
    bot.says(citizen, "你好")
    before = rows(url, citizen)
    with actions.away():
        assert error(bot.turn(citizen, "我要订货", inbox_id=inbox)) == (503, "actions_away")
    assert rows(url, citizen) == before
    answer = bot.turn(citizen, "我要订货", inbox_id=inbox)
    assert (answer.status_code, answer.json()["repeated"]) == (200, False)


def test_a_refused_action_is_rasas_matter(bot: Engine, actions: ActionServer) -> None:
    actions.answers["action_reject"] = lambda _body: (400, {"action_name": "action_reject", "error": "不做"})
    assert bot.turn(uuid4(), "拒绝执行").status_code == 200


def test_what_is_stored_is_sealed(bot: Engine, url: str) -> None:
    citizen = uuid4()
    bot.says(citizen, f"你好，我的电话{PHONE}")
    assert PHONE.encode() not in rows(url, citizen)[0][2]
    other = base64.b64encode(b"x" * 32).decode()
    assert error(bot.turn(citizen, "在吗", key=other)) == (409, "unreadable")
    assert len(rows(url, citizen)) == 1


def test_forget_drops_everything(bot: Engine, actions: ActionServer, url: str) -> None:
    citizen = uuid4()
    bot.says(citizen, "我要订货", inbox_id=900_020)
    assert bot.http.post("/forget", json={"conversation_id": str(citizen)}).json()["forgotten"] is True
    assert rows(url, citizen) == []
    assert bot.turn(citizen, "奇怪的回答", inbox_id=900_020).json()["repeated"] is False
    assert actions.named("action_odd")[-1]["tracker"]["active_loop"] == {}


def test_old_conversations_can_be_deleted(bot: Engine, url: str) -> None:
    old, fresh = uuid4(), uuid4()
    for citizen in (old, fresh):
        bot.says(citizen, "你好")
    with psycopg.connect(url, autocommit=True) as connection:
        old_ones = "SET at = now() - interval '40 days' WHERE conversation_id = %s"
        connection.execute(f"UPDATE engine_event {old_ones}", (old,))
        connection.execute(f"UPDATE engine_turn {old_ones}", (old,))
        ((count,),) = connection.execute("SELECT engine_delete_older(now() - interval '30 days')").fetchall()
    assert count == 2
    assert rows(url, old) == []
    assert len(rows(url, fresh)) == 1


def test_health_says_what_runs(bot: Engine) -> None:
    health = bot.http.get("/health").json()
    assert health["tracker_store"] == "reachable"
    assert health["model_file"] == trained_model().name
    assert "validator" in health["patches"]


def test_nothing_that_people_say_reaches_the_log(bot: Engine, actions: ActionServer) -> None:
    actions.answers["action_fail"] = _broken
    bot.turn(uuid4(), f"出错给我看 {PHONE} 张三丰")
    bot.turn(uuid4(), f"/nonsense{PHONE}")
    log = bot.log.read_text("utf-8")
    assert "action_failed" in log
    assert PHONE not in log
    assert "张三丰" not in log


def test_two_engines_share_one_memory(bot: Engine, actions: ActionServer, url: str, tmp_path: Path) -> None:
    """Slow: starts a second engine."""
    citizen = uuid4()
    with engine(tmp_path, url, actions.url) as other:
        for texts in (ORDER[:2], ORDER[2:4]):
            bot.says(citizen, texts[0])
            other.says(citizen, texts[1])
        actions.answers["action_submit_order"] = actions.says("订好了。")
        assert bot.says(citizen, ORDER[4]) == ["订好了。"]
        slots = actions.named("action_submit_order")[-1]["tracker"]["slots"]
        assert (slots["size"], slots["color"], slots["amount"]) == ("大", "红色", "3")
        assert [seq for seq, _, _ in rows(url, citizen)] == [1, 2, 3, 4, 5]


def test_killed_between_action_and_save_the_turn_is_taken_once(
    actions: ActionServer, url: str, tmp_path: Path
) -> None:
    """Slow: starts two engines; the first dies while its action has run and nothing is saved."""
    citizen, port = uuid4(), free_port()
    with engine(tmp_path, url, actions.url, port) as doomed:
        doomed.says(citizen, "你好")

        def kill(_body: dict[str, Any]) -> tuple[int, Any]:
            doomed.process.send_signal(signal.SIGKILL)
            doomed.process.wait()
            return actions.nothing(_body)

        actions.answers["action_odd"] = kill
        with pytest.raises(httpx.TransportError):
            doomed.turn(citizen, "奇怪的回答", inbox_id=900_030)
    actions.answers["action_odd"] = actions.says("办好了。")
    with engine(tmp_path, url, actions.url, port) as reborn:
        first = reborn.turn(citizen, "奇怪的回答", inbox_id=900_030).json()
        again = reborn.turn(citizen, "奇怪的回答", inbox_id=900_030).json()
        reborn.says(citizen, "奇怪的回答")
    assert (first["repeated"], again["repeated"]) == (False, True)
    assert [message["text"] for message in first["messages"]] == ["办好了。"]
    events = actions.named("action_odd")[-1]["tracker"]["events"]
    said = [event["text"] for event in events if event["event"] == "user"]
    assert said == ["你好", "奇怪的回答", "奇怪的回答"]
    assert [seq for seq, _, _ in rows(url, citizen)] == [1, 2, 3]


def test_a_busy_port_is_one_sentence(bot: Engine) -> None:
    done = subprocess.run(
        [PYTHON, "-m", "engine.run", "--port", str(bot.port)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 3
    assert done.stderr.startswith(f"Port {bot.port} is busy")
    assert done.stderr.count("\n") == 1


def test_it_ends_with_its_parent(url: str, actions: ActionServer, tmp_path: Path) -> None:
    """Slow: starts an engine under a parent that is killed."""
    model, port = trained_model(), free_port()
    arguments = [
        str(part) for part in ("-m", "engine.run", "--model", model, "--port", port, "--cache", tmp_path)
    ]
    settings = {
        "SUDA_ENGINE_SECRET": SECRET,
        "SUDA_ACTIONS_URL": actions.url,
        "SUDA_ENGINE_DATABASE_URL": url,
    }
    parent = subprocess.Popen(
        [
            "/bin/sh",
            "-c",
            'engine/.venv/bin/python "$@" & echo $!; wait',
            "sh",
            *arguments,
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, **settings},
        cwd=PROJECT,
        text=True,
    )
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    time.sleep(1)
    parent.kill()
    parent.wait()
    parent.stdout.close()
    for _ in range(100):
        if not Path(f"/proc/{child}").exists():
            return
        time.sleep(0.1)
    pytest.fail("The engine outlived its parent.")

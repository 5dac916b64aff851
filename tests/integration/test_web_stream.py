"""The stream over a real socket: nothing lost, nothing doubled, nobody else's."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support.ports import free_port
from tests.support.web_server import API_KEY, WebServer, web_server

POST = "/api/chat/messages"
STREAM = "/api/chat/stream"


@pytest.fixture(scope="module")
def server() -> Iterator[WebServer]:
    with web_server() as running:
        yield running


@pytest.fixture
def citizen(server: WebServer) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.url, timeout=20) as client:
        client.get("/").raise_for_status()
        yield client


def address(client: httpx.Client) -> str:
    return "c:" + client.cookies["suda_sender"].rpartition(".")[0]


def events(response: httpx.Response, count: int) -> list[tuple[str, dict[str, Any]]]:
    """The first ``count`` events as (id, data); comments are skipped."""
    found: list[tuple[str, dict[str, Any]]] = []
    name = ""
    for line in response.iter_lines():
        if line.startswith("id:"):
            name = line[3:].strip()
        elif line.startswith("data:"):
            found.append((name, json.loads(line[5:])))
            if len(found) == count:
                return found
    raise AssertionError(f"The stream ended after {found}.")


def test_what_is_pushed_arrives(citizen: httpx.Client, server: WebServer) -> None:
    with citizen.stream("GET", STREAM) as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        lines = response.iter_lines()
        assert next(lines).startswith((":", "retry"))
        server.run(server.core.push(address(citizen), "您的诉求已派给幸福街道。"))
        for line in lines:
            if line.startswith("data:"):
                assert json.loads(line[5:])["text"] == "您的诉求已派给幸福街道。"
                break


def test_a_reader_goes_on_where_it_stopped(citizen: httpx.Client, server: WebServer) -> None:
    citizen.post(POST, json={"text": "第一句"})
    cursor = citizen.get("/api/chat/history").json()["cursor"]
    for number in range(5):
        server.run(server.core.push(address(citizen), f"消息{number}"))
    with citizen.stream("GET", STREAM, params={"after": cursor}) as response:
        first = events(response, 2)
    with citizen.stream(
        "GET", STREAM, params={"after": cursor}, headers={"Last-Event-ID": first[-1][0]}
    ) as response:
        rest = events(response, 3)
    assert [data["text"] for _, data in first + rest] == [f"消息{number}" for number in range(5)]


def test_reply_history_and_stream_name_a_line_alike(citizen: httpx.Client) -> None:
    posted = citizen.post(POST, json={"text": "确认", "message_id": "m9"}).json()
    with citizen.stream("GET", STREAM, params={"after": "0"}) as response:
        streamed = [data for _, data in events(response, len(posted["messages"]))]
    kept = [line for line in citizen.get("/api/chat/history").json()["messages"] if line["from"] == "bot"]
    assert [line["key"] for line in streamed] == posted["keys"] == [line["key"] for line in kept]
    assert {line["message_id"] for line in streamed} == {"m9"}


def test_nobody_hears_what_is_said_to_another(citizen: httpx.Client, server: WebServer) -> None:
    with httpx.Client(base_url=server.url, timeout=20) as other:
        other.get("/")
        with other.stream("GET", STREAM, params={"after": "0"}) as response:
            server.run(server.core.push(address(citizen), "秘密"))
            server.run(server.core.push(address(other), "给您的"))
            assert events(response, 1)[0][1]["text"] == "给您的"


def test_a_stranger_and_a_wrong_place_are_refused(citizen: httpx.Client, server: WebServer) -> None:
    assert httpx.get(server.url + STREAM).status_code == 401
    for after in ("x", "-1", "1e9", "9" * 30, "١"):
        response = citizen.get(STREAM, params={"after": after})
        assert (response.status_code, response.json()["error"]["code"]) == (400, "bad_cursor")
    assert citizen.get(STREAM, params={"sender_id": "p"}).status_code == 403


def test_the_key_may_listen_for_a_sender(server: WebServer) -> None:
    headers = {"X-API-Key": API_KEY}
    with httpx.stream(
        "GET", server.url + STREAM, params={"sender_id": "p-9", "after": "0"}, headers=headers, timeout=20
    ) as response:
        server.run(server.core.push("k:p-9", "给 p-9"))
        assert events(response, 1)[0][1]["text"] == "给 p-9"


def test_a_quiet_stream_shows_that_it_lives(citizen: httpx.Client) -> None:
    with citizen.stream("GET", STREAM) as response:
        beats = 0
        for line in response.iter_lines():
            beats += line.startswith(": beat")
            if beats == 2:
                break


def test_too_many_pages_are_refused_until_one_is_closed(citizen: httpx.Client, server: WebServer) -> None:
    from contextlib import ExitStack

    with ExitStack() as pages:
        reading = []  # httpx closes a response whose iterator is dropped
        for _ in range(6):
            lines = pages.enter_context(citizen.stream("GET", STREAM)).iter_lines()
            next(lines)
            reading.append(lines)
        with citizen.stream("GET", STREAM) as refused:
            assert refused.status_code == 429
            refused.read()
        assert refused.json()["error"]["code"] == "too_many_streams"
    deadline = time.monotonic() + 5
    while True:
        with citizen.stream("GET", STREAM) as response:
            if response.status_code == 200:
                return
        assert time.monotonic() < deadline, "the places of closed pages were not given back"
        time.sleep(0.05)


def test_open_streams_do_not_hold_up_the_end(tmp_path: Path) -> None:
    """A server that is told to stop closes its streams itself, within a few seconds."""
    script = (
        "import uvicorn, sys\n"
        "from tests.support.standin import StandIn\n"
        "from tests.support.web_server import make_app\n"
        "uvicorn.run(make_app(StandIn()), port=int(sys.argv[1]), log_level='warning')\n"
    )
    port = free_port()
    root = Path(__file__).resolve().parents[2]
    process = subprocess.Popen(
        [sys.executable, "-c", script, str(port)], cwd=root, env={**os.environ, "PYTHONPATH": str(root)}
    )
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=20) as client:
            deadline = time.monotonic() + 20
            while True:
                try:
                    client.get("/")
                    break
                except httpx.ConnectError:
                    assert time.monotonic() < deadline
                    time.sleep(0.1)
            with client.stream("GET", STREAM) as response:
                lines = response.iter_lines()
                next(lines)
                process.send_signal(signal.SIGTERM)
                process.wait(8)
                for _ in lines:
                    pass
    finally:
        process.kill()
        process.wait(5)

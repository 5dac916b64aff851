"""The chat interface over a real socket: what is answered, what is refused, and whose conversation it is."""

from __future__ import annotations

import hashlib
import re
import socket
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from itsdangerous import Signer

from channels.web.page import STATIC
from tests.support.web_server import API_KEY, WebServer, web_server

POST = "/api/chat/messages"
HISTORY = "/api/chat/history"


@pytest.fixture(scope="module")
def server() -> Iterator[WebServer]:
    with web_server() as running:
        yield running


@pytest.fixture
def citizen(server: WebServer) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.url, timeout=20) as client:
        client.get("/").raise_for_status()
        yield client


@pytest.fixture
def other(server: WebServer) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.url, timeout=20) as client:
        client.get("/").raise_for_status()
        yield client


def texts(response: httpx.Response) -> list[str]:
    assert response.status_code == 200, response.text
    return [message["text"] for message in response.json()["messages"]]


def error(response: httpx.Response) -> tuple[int, str]:
    body = response.json()["error"]
    assert body["message"], "a citizen must be told something"
    return response.status_code, body["code"]


def test_a_message_is_answered_in_the_documented_form(citizen: httpx.Client) -> None:
    body = citizen.post(POST, json={"text": "你好"}).json()
    message = body["messages"][0]
    assert message["text"] == "您好，请问您遇到了什么问题？"
    assert message["buttons"][0] == {"title": "反映问题", "says": "我要反映一个问题"}
    assert "data" not in message


def test_a_filed_case_comes_as_data(citizen: httpx.Client) -> None:
    case = citizen.post(POST, json={"text": "确认"}).json()["messages"][-1]["data"]["case"]
    assert {"number", "holder", "due"} <= case.keys()


def test_a_retry_gets_the_same_reply_and_is_said_once(citizen: httpx.Client, server: WebServer) -> None:
    before = len(server.core.accepted)
    first = citizen.post(POST, json={"text": "路灯坏了", "message_id": "m-1"})
    again = citizen.post(POST, json={"text": "路灯坏了", "message_id": "m-1"})
    assert first.json() == again.json()
    assert len(server.core.accepted) == before + 1


def test_a_late_reply_is_202_and_found_later(citizen: httpx.Client) -> None:
    late = citizen.post(POST, json={"text": "慢慢来", "message_id": "slow-1"})
    assert late.status_code == 202
    assert late.json() == {"message_id": "slow-1"}
    assert texts(citizen.post(POST, json={"text": "慢慢来", "message_id": "slow-1"})) == ["您说的是：慢慢来"]


def test_a_message_without_an_id_gets_one(citizen: httpx.Client) -> None:
    assert len(citizen.post(POST, json={"text": "慢一点"}).json()["message_id"]) > 16


@pytest.mark.parametrize(
    "text", ["", "😀", "字" * 10_000, "<script>alert(1)</script>", "/restart", "{{7*7}}"]
)
def test_any_text_is_answered(citizen: httpx.Client, text: str) -> None:
    assert texts(citizen.post(POST, json={"text": text}))


def test_nul_and_lone_surrogates_do_not_break_it(citizen: httpx.Client) -> None:
    raw = b'{"text": "a\\u0000b\\ud800"}'
    assert texts(citizen.post(POST, content=raw, headers={"Content-Type": "application/json"}))


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ({"content": b""}, (400, "empty_body")),
        ({"content": b"{"}, (400, "not_json")),
        ({"content": b'{"text": 1}'}, (400, "bad_text")),
        ({"content": b"text=a", "type": "application/x-www-form-urlencoded"}, (415, "not_json_type")),
        ({"content": b'{"text":"a"}', "type": "text/plain"}, (415, "not_json_type")),
        ({"content": b'{"text":"' + b"a" * 66_000 + b'"}'}, (413, "too_long")),
        ({"content": iter([b'{"text":"', *[b"a" * 1000] * 66, b'"}'])}, (413, "too_long")),
    ],
)
def test_wrong_requests_say_what_is_wrong(
    citizen: httpx.Client, sent: dict[str, Any], expected: tuple[int, str]
) -> None:
    headers = {"Content-Type": sent.get("type", "application/json")}
    assert error(citizen.post(POST, content=sent["content"], headers=headers)) == expected


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_another_sites_page_cannot_speak_or_read(citizen: httpx.Client, headers: dict[str, str]) -> None:
    assert error(citizen.post(POST, json={"text": "你好"}, headers=headers)) == (403, "cross_site")
    assert error(citizen.get(HISTORY, headers=headers)) == (403, "cross_site")


def test_our_own_page_may_speak(citizen: httpx.Client, server: WebServer) -> None:
    headers = {"Origin": server.url, "Sec-Fetch-Site": "same-origin"}
    assert texts(citizen.post(POST, json={"text": "你好"}, headers=headers))


def test_too_fast_is_told_kindly(citizen: httpx.Client) -> None:
    response = citizen.post(POST, json={"text": "太快"})
    assert error(response) == (429, "too_fast")
    assert "110" in response.json()["error"]["message"]
    assert int(response.headers["retry-after"]) > 0


def test_a_broken_store_is_503_and_tells_nothing_inside(citizen: httpx.Client, server: WebServer) -> None:
    server.core.broken = True
    try:
        response = citizen.post(POST, json={"text": "你好"})
    finally:
        server.core.broken = False
    assert error(response) == (503, "busy")
    assert "down" not in response.text


# Whose conversation it is


def test_the_cookie_is_kept_from_scripts_and_other_sites(server: WebServer) -> None:
    header = httpx.get(server.url + "/").headers["set-cookie"]
    assert "HttpOnly" in header
    assert "SameSite=lax" in header
    assert "Max-Age=34560000" in header
    assert "Secure" not in header


def test_history_is_the_senders_own(citizen: httpx.Client, other: httpx.Client) -> None:
    citizen.post(POST, json={"text": "我的电话是秘密", "message_id": "mine"})
    lines = citizen.get(HISTORY).json()["messages"]
    assert [(line["from"], line["text"]) for line in lines] == [
        ("citizen", "我的电话是秘密"),
        ("bot", "您说的是：我的电话是秘密"),
    ]
    assert lines[0]["key"] == "mine"
    assert other.get(HISTORY).json()["messages"] == []


def test_anothers_message_id_brings_nothing_of_theirs(citizen: httpx.Client, other: httpx.Client) -> None:
    citizen.post(POST, json={"text": "我的电话是秘密", "message_id": "same"})
    assert texts(other.post(POST, json={"text": "你好", "message_id": "same"})) == [
        "您好，请问您遇到了什么问题？"
    ]


def forged(real: str) -> list[str]:
    """Cookies that are not ours, some made from one that is."""
    sender, _, signature = real.rpartition(".")
    return [
        sender,
        f"{sender}.",
        f"{sender}.{signature[:-2]}AA",
        f"{sender}x.{signature}",
        Signer(b"guess", salt="suda.web.sender", key_derivation="hmac").sign(sender).decode(),
        "x" * 4000,
        "%00",
        "é",
    ]


def test_a_forged_cookie_is_a_stranger(citizen: httpx.Client, server: WebServer) -> None:
    citizen.post(POST, json={"text": "我的电话是秘密"})
    for value in forged(citizen.cookies["suda_sender"]):
        headers = {"Cookie": b"suda_sender=" + value.encode()}
        response = httpx.get(server.url + HISTORY, headers=headers)
        assert response.status_code == 200, value
        assert response.json()["messages"] == [], value
        assert error(httpx.get(server.url + "/api/chat/stream", headers=headers)) == (401, "no_sender"), value


def test_a_cookie_of_the_former_key_is_accepted_and_renewed(server: WebServer) -> None:
    from starlette.responses import Response

    from channels.web.sender import SenderCookie
    from tests.support.web_server import COOKIE_KEYS

    old = Response()
    SenderCookie(COOKIE_KEYS[1:]).write(old, "a-sender-of-last-year", secure=False)
    value = old.headers["set-cookie"].split("=", 1)[1].split(";")[0]
    with httpx.Client(base_url=server.url, headers={"Cookie": f"suda_sender={value}"}) as client:
        client.post(POST, json={"text": "还是我"})
        renewed = client.get("/").headers["set-cookie"]
    assert "a-sender-of-last-year" in renewed
    assert value not in renewed
    assert server.core.accepted[-1].address == "c:a-sender-of-last-year"


@pytest.mark.parametrize("field", [{"sender_id": "someone"}, {"sent_at": "2026-11-23T15:00:00+08:00"}])
def test_speaking_for_others_needs_the_key(citizen: httpx.Client, field: dict[str, str]) -> None:
    assert error(citizen.post(POST, json={"text": "你好", **field})) == (403, "api_key_required")


def test_a_wrong_key_is_refused_even_where_none_is_needed(citizen: httpx.Client) -> None:
    for key in ("", "wrong", API_KEY + "x", API_KEY[:-1]):
        response = citizen.post(POST, json={"text": "你好"}, headers={"X-API-Key": key})
        assert error(response) == (401, "wrong_api_key")
    assert error(citizen.get(HISTORY, headers={"X-API-Key": "wrong"})) == (401, "wrong_api_key")
    assert error(citizen.get(HISTORY, params={"sender_id": "x"})) == (403, "api_key_required")


def test_the_key_speaks_for_a_sender_at_a_time(server: WebServer) -> None:
    headers = {"X-API-Key": API_KEY}
    sent = {"text": "昨天停水", "sender_id": "p-1", "sent_at": "2026-03-01T08:00:00+08:00"}
    response = httpx.post(server.url + POST, json=sent, headers=headers)
    assert texts(response)
    assert "set-cookie" not in response.headers
    heard = server.core.accepted[-1]
    assert (heard.address, heard.sent_at.isoformat()) == ("k:p-1", "2026-03-01T00:00:00+00:00")
    lines = httpx.get(server.url + HISTORY, params={"sender_id": "p-1"}, headers=headers).json()["messages"]
    assert lines[0]["text"] == "昨天停水"


def test_a_senders_name_never_reaches_a_browsers_conversation(
    citizen: httpx.Client, server: WebServer
) -> None:
    citizen.post(POST, json={"text": "我的电话是秘密"})
    sender = citizen.cookies["suda_sender"].rpartition(".")[0]
    for name in (sender, f"c:{sender}"):
        found = httpx.get(server.url + HISTORY, params={"sender_id": name}, headers={"X-API-Key": API_KEY})
        assert found.json()["messages"] == []


def test_a_body_that_never_comes_holds_no_place(server: WebServer) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as slow:
        slow.sendall(
            b"POST /api/chat/messages HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
            b'Content-Length: 100\r\n\r\n{"te'
        )
        answer = b""
        while b"}" not in answer and (more := slow.recv(4096)):  # head and body may come apart
            answer += more
        assert answer.startswith(b"HTTP/1.1 408 ")
        assert b"too_slow" in answer


# The page and its files


def test_the_page_runs_only_files_of_its_own(citizen: httpx.Client) -> None:
    page = citizen.get("/")
    policy = page.headers["content-security-policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "http" not in page.text.replace("http-equiv", "")
    assert "style=" not in page.text
    for number in ("110", "119", "120", "122", "12345"):
        assert number in page.text
    assert "<noscript>" in page.text


def test_the_pages_files_are_there_and_stay_in_their_folder(citizen: httpx.Client) -> None:
    addresses = re.findall(r'(?:src|href)="(/assets/[^"]+)"', citizen.get("/").text)
    assert len(addresses) > 6
    for address in addresses:
        answer = citizen.get(address)
        assert answer.status_code == 200, address
        assert "immutable" in answer.headers["cache-control"]
    assert citizen.get("/assets/web/x/..%2f..%2fpage.py").status_code == 404
    assert citizen.get("/assets/web/x/page.html").status_code == 404


def test_vendored_files_call_nobody() -> None:
    css = (STATIC / "vendor" / "chatui.css").read_text(encoding="utf-8")
    assert "http" not in css.replace("http://www.w3.org/2000/svg", "")


def test_vendored_files_are_those_that_were_reviewed() -> None:
    vendor = STATIC / "vendor"
    listed = dict(reversed(line.split()) for line in (vendor / "SHA256SUMS").read_text().splitlines())
    present = {path.name for path in vendor.iterdir()} - {"SHA256SUMS", "README.md"}
    assert present == set(listed)
    for name, digest in listed.items():
        assert hashlib.sha256((vendor / name).read_bytes()).hexdigest() == digest, name

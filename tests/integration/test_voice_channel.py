"""Calls as a call centre's systems meet them: recordings over HTTP, live transcripts over a WebSocket, a watched folder."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import websockets
from fastapi import FastAPI
from sqlalchemy import text
from websockets.asyncio.client import ClientConnection, connect

from bot.attachments import store_of
from bot.calls.drafting import Drafter
from bot.calls.hearing import TRIES, Hearer
from bot.calls.model import Alarm
from bot.calls.ruling import hear_again
from bot.clock import now
from bot.errors import SpeechError
from bot.intake.turns import TryAgain
from bot.settings import Settings
from bot.speech.transcript import Segment, Transcript
from bot.storage import Database
from bot.storage.secrets import api_key, get_vault
from channels.voice.folder import Folder
from channels.voice.refusal import Refused
from serve.app import create_app
from tests.support.call_centre import RECORDINGS, code_of, put, served, tone
from tests.support.calls import CALLER, plain_draft
from tests.support.light_services import light_services


@pytest.fixture
def settings(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("DATABASE_URL", database_url)
    return Settings(data_dir=tmp_path / "data", engine_url="http://127.0.0.1:9", _env_file=None)


@pytest.fixture
async def app(settings: Settings) -> AsyncIterator[FastAPI]:
    app = create_app(settings, build=light_services)
    async with app.router.lifespan_context(app):
        yield app


@pytest.fixture
async def client(app: FastAPI, settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=app),
        base_url="http://suda.test",
        headers={"X-API-Key": api_key(settings)},
    ) as caller:
        yield caller


async def jobs(database: Database, task: str) -> list[dict[str, Any]]:
    async with database.session() as session:
        query = text("SELECT args FROM procrastinate_jobs WHERE task_name = :task ORDER BY id")
        return list((await session.execute(query, {"task": task})).scalars())


# --- recordings --------------------------------------------------------------------------------------------------------------


async def test_a_recording_is_kept_once_and_heard_once(client: httpx.AsyncClient, database: Database) -> None:
    told = {"call_id": "c-1", "caller": "+86 139-0001-0001", "started_at": "2026-11-26T09:30:00"}
    first = await client.post(RECORDINGS, files={"file": ("a.wav", tone())}, data=told)
    again = await client.post(RECORDINGS, params={"call_id": "c-1"}, content=tone())
    assert (first.status_code, again.status_code) == (202, 202)
    assert (first.json()["known"], again.json()["known"]) == (False, True)
    call = (await client.get(first.json()["url"])).json()
    assert call["started_at"] == "2026-11-26T09:30:00+08:00"
    assert (call["state"], call["draft"], call["cases"]) == ("open", None, [])
    assert len(await jobs(database, "calls:hear")) == 1


async def test_a_recording_without_an_id_names_its_call_itself(client: httpx.AsyncClient) -> None:
    first = await client.post(RECORDINGS, content=tone())
    second = await client.post(RECORDINGS, content=tone())
    other = await client.post(RECORDINGS, content=tone(pitch=500))
    assert first.json()["call_id"] == second.json()["call_id"] != other.json()["call_id"]
    assert (await client.get(first.json()["url"])).status_code == 200


async def test_nothing_is_read_without_the_key(client: httpx.AsyncClient) -> None:
    for headers in ({"X-API-Key": "wrong"}, {"X-API-Key": ""}):
        answer = await client.post(RECORDINGS, content=tone(), headers=headers)
        assert code_of(answer) == (401, "unauthorized")
        assert (await client.get("/channels/voice/calls/c-1", headers=headers)).status_code == 401


@pytest.mark.parametrize(
    ("content", "params", "expected"),
    [
        (b"", {}, (422, "empty")),
        (b"PK\x03\x04" + bytes(100), {"call_id": "c-1"}, (415, "not_audio")),
        (tone(), {"call_id": "c 1"}, (422, "bad_call_id")),
        (tone(), {"started_at": "yesterday"}, (422, "bad_started_at")),
        (tone(), {"caller_channel": "both"}, (422, "bad_caller_channel")),
    ],
)
async def test_what_is_no_recording_is_refused_and_leaves_nothing(
    client: httpx.AsyncClient,
    database: Database,
    content: bytes,
    params: dict[str, str],
    expected: tuple[int, str],
) -> None:
    assert code_of(await client.post(RECORDINGS, content=content, params=params)) == expected
    async with database.session() as session:
        assert (await session.execute(text("SELECT count(*) FROM call"))).scalar_one() == 0


async def test_a_form_without_a_file_or_in_pieces_is_refused(client: httpx.AsyncClient) -> None:
    form = {"Content-Type": "multipart/form-data; boundary=x"}
    answer = await client.post(RECORDINGS, headers=form, content=b"--x\r\nnonsense")
    assert answer.status_code in (400, 422)
    fields = b'--x\r\nContent-Disposition: form-data; name="call_id"\r\n\r\nc-1\r\n--x--\r\n'
    assert code_of(await client.post(RECORDINGS, headers=form, content=fields)) == (422, "no_recording")
    without = {"Content-Type": "multipart/form-data"}
    assert code_of(await client.post(RECORDINGS, headers=without, content=fields)) == (400, "bad_form")


async def test_a_recording_over_the_limit_is_refused_before_it_is_read(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bot.speech import settings as speech

    monkeypatch.setenv("SUDA_SPEECH_LARGEST", "2000")
    speech.speech_settings.cache_clear()
    try:
        app = create_app(settings, build=light_services)
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://suda.test") as client,
        ):
            key = {"X-API-Key": api_key(settings)}
            answer = await client.post(RECORDINGS, content=tone(), headers=key)
            form = await client.post(RECORDINGS, files={"file": ("a.wav", tone())}, headers=key)
            assert code_of(answer) == (413, "too_large")
            assert code_of(form) == (413, "too_large")
    finally:
        speech.speech_settings.cache_clear()


async def test_a_link_lets_the_citizen_go_on(client: httpx.AsyncClient) -> None:
    posted = await client.post(RECORDINGS, params={"call_id": "c-1", "caller": CALLER}, content=tone())
    answer = await client.post(f"{posted.json()['url']}/link")
    assert answer.json()["url"].startswith("http://suda.test/calls/")
    assert code_of(await client.post("/channels/voice/calls/none/link")) == (404, "not_found")


async def test_calls_that_wait_are_counted(client: httpx.AsyncClient) -> None:
    await client.post(RECORDINGS, content=tone())
    shown = (await client.get("/metrics")).text
    assert 'suda_calls_waiting{state="open"} 1.0' in shown
    assert 'suda_calls_waiting{state="draft"} 0.0' in shown


# --- hearing -----------------------------------------------------------------------------------------------------------------


def heard(*said: tuple[int, float, str], rejected: str | None = None) -> Transcript:
    segments = tuple(Segment(start, start + 4, words, 0.8, channel) for channel, start, words in said)
    return Transcript(segments, 30.0, rejected)


async def posted_and_heard(
    client: httpx.AsyncClient,
    database: Database,
    settings: Settings,
    transcript: Transcript,
    **params: str,
) -> dict[str, Any]:
    """What becomes of a recording in which that is heard."""
    answer = await client.post(RECORDINGS, content=tone(), params={"call_id": "c-1", **params})
    vault = get_vault(settings)

    async def listen(recording: bytes) -> Transcript:
        assert recording == tone()
        return transcript

    hearer = Hearer(database, vault, store_of(settings), listen)
    drafter = Drafter(database, vault, plain_draft)
    for _ in range(2):  # a job may run again
        for args in await jobs(database, "calls:hear"):
            await hearer.hear(args["call_id"], args["attachment_id"], tries=0)
            await drafter.draft(args["call_id"])
    call: dict[str, Any] = (await client.get(answer.json()["url"])).json()
    return call


GREETING = "您好，12345热线，请问有什么可以帮您？"
ASKED = "请问您的具体地址是什么？"
ANSWER = "望京西园三号楼，暖气不热。"


async def test_an_operators_words_are_never_the_citizens(
    client: httpx.AsyncClient, database: Database, settings: Settings
) -> None:
    said = heard((1, 0, GREETING), (0, 4, ANSWER), (1, 9, ASKED), (0, 13, "对，三号楼。"))
    call = await posted_and_heard(client, database, settings, said)
    assert [(one["speaker"], one["text"]) for one in call["segments"]] == [
        ("operator", GREETING),
        ("caller", ANSWER),
        ("operator", ASKED),
        ("caller", "对，三号楼。"),
    ]
    assert call["draft"]["parts"][0]["content"] == f"{ANSWER}对，三号楼。"
    assert call["speakers_mixed"] is False


async def test_the_callers_channel_can_be_told(
    client: httpx.AsyncClient, database: Database, settings: Settings
) -> None:
    said = heard((0, 0, "喂"), (1, 4, "暖气不热"))
    call = await posted_and_heard(client, database, settings, said, caller_channel="right")
    assert call["draft"]["parts"][0]["content"] == "暖气不热。"


async def test_one_channel_is_said_to_be_mixed_and_operators_sentences_are_left_out(
    client: httpx.AsyncClient, database: Database, settings: Settings
) -> None:
    said = heard((0, 0, f"{GREETING}{ANSWER}"), (0, 9, "好的，请问您的联系电话是多少？"))
    call = await posted_and_heard(client, database, settings, said)
    assert call["speakers_mixed"] is True
    assert call["draft"]["parts"][0]["content"] == ANSWER


@pytest.mark.parametrize(
    ("rejected", "state"), [("no_speech", "empty"), ("unclear", "draft"), ("too_long", "draft")]
)
async def test_nothing_is_made_of_a_recording_that_nobody_understands(
    client: httpx.AsyncClient, database: Database, settings: Settings, rejected: str, state: str
) -> None:
    call = await posted_and_heard(client, database, settings, heard(rejected=rejected))
    assert (call["state"], call["rejected"], call["draft"]["parts"]) == (state, rejected, [])


async def test_a_recording_waits_for_the_speech_process_and_then_for_a_clerk(
    client: httpx.AsyncClient, database: Database, settings: Settings
) -> None:
    answer = await client.post(RECORDINGS, content=tone(), params={"call_id": "c-1"})

    async def away(_recording: bytes) -> Transcript:
        raise SpeechError("away")

    hearer = Hearer(database, get_vault(settings), store_of(settings), away)
    (args,) = await jobs(database, "calls:hear")
    with pytest.raises(TryAgain):
        await hearer.hear(args["call_id"], args["attachment_id"], tries=TRIES - 1)
    assert (await client.get(answer.json()["url"])).json()["ended_at"] is None
    await hearer.hear(args["call_id"], args["attachment_id"], tries=TRIES)
    await Drafter(database, get_vault(settings), plain_draft).draft(args["call_id"])
    call = (await client.get(answer.json()["url"])).json()
    assert (call["state"], call["rejected"]) == ("draft", "unheard")

    async def there(_recording: bytes) -> Transcript:
        return heard((0, 4, ANSWER))

    async with database.session() as session, session.begin():
        assert await hear_again(session, args["call_id"], "c7", now()) == 1
    assert len(await jobs(database, "calls:hear")) == 2
    hearer = Hearer(database, get_vault(settings), store_of(settings), there)
    await hearer.hear(args["call_id"], args["attachment_id"], tries=0)
    await Drafter(database, get_vault(settings), plain_draft).draft(args["call_id"])
    call = (await client.get(answer.json()["url"])).json()
    assert (call["state"], call["rejected"]) == ("draft", None)
    assert call["draft"]["parts"][0]["content"] == ANSWER


# --- live streams ------------------------------------------------------------------------------------------------------------


@asynccontextmanager
async def streaming(app: FastAPI, settings: Settings) -> AsyncIterator[ClientConnection]:
    async with (
        served(app) as url,
        connect(url, additional_headers={"X-API-Key": api_key(settings)}, proxy=None) as socket,
    ):
        yield socket


async def told(socket: ClientConnection, **message: Any) -> Any:
    """The answer to a message that has one."""
    await socket.send(json.dumps({"call_id": "c-1", **message}))
    return json.loads(await asyncio.wait_for(socket.recv(), 10))


async def test_a_live_call_late_twice_and_out_of_order_is_one_call(
    app: FastAPI, client: httpx.AsyncClient, settings: Settings, database: Database
) -> None:
    async with streaming(app, settings) as socket:
        answer = {"type": "segment", "speaker": "caller", "start": 9.0, "end": 12.5, "text": ANSWER}
        assert (await told(socket, **answer))["type"] == "ack"  # before the beginning is told
        assert (await told(socket, type="start", caller=CALLER))["type"] == "started"
        await socket.send(
            json.dumps(
                {
                    "call_id": "c-1",
                    "type": "partial",
                    "speaker": "agent",
                    "start": 0,
                    "end": 1,
                    "text": "您好",
                }
            )
        )
        greeting = {"type": "final", "speaker": "agent", "start": 0, "end": 3, "text": GREETING}
        assert (await told(socket, **greeting))["type"] == "ack"
        assert (await told(socket, **answer))["type"] == "ack"
        assert (await told(socket, type="end"))["type"] == "ended"
        late = {"type": "segment", "speaker": "caller", "start": 14, "end": 15, "text": "快点吧"}
        assert (await told(socket, **late))["type"] == "ack"

    drafter = Drafter(database, get_vault(settings), plain_draft)
    for args in await jobs(database, "calls:draft"):
        await drafter.draft(args["call_id"])
    call = (await client.get("/channels/voice/calls/c-1")).json()
    assert [one["text"] for one in call["segments"]] == [GREETING, ANSWER, "快点吧"]
    assert call["draft"]["parts"][0]["content"] == f"{ANSWER}快点吧。"
    assert (call["state"], call["source"]) == ("draft", "live")
    async with database.session() as session:
        assert (await session.execute(text("SELECT count(*) FROM call"))).scalar_one() == 1


async def test_words_that_were_never_finished_are_kept_when_the_connection_breaks(
    app: FastAPI, client: httpx.AsyncClient, settings: Settings
) -> None:
    async with served(app) as url:
        key = {"X-API-Key": api_key(settings)}
        async with connect(url, additional_headers=key, proxy=None) as socket:
            first = {
                "type": "final",
                "speaker": "caller",
                "start": 1,
                "end": 4,
                "text": "喂",
                "segment_id": 1,
            }
            await told(socket, **first)
            for words in ("望京", "望京西园"):
                partial = {"call_id": "c-1", "partial": True, "text": words, "start": 5, "end": 6}
                await socket.send(json.dumps({**partial, "speaker": "caller", "segment_id": 2}))
            covered = {"call_id": "c-1", "partial": True, "text": "喂喂", "start": 1.5, "end": 3}
            await socket.send(json.dumps({**covered, "speaker": "caller", "segment_id": 9}))
            await told(socket, type="start")
    said: list[dict[str, Any]] = []
    until = time.monotonic() + 10
    while len(said) < 2 and time.monotonic() < until:
        said = (await client.get("/channels/voice/calls/c-1")).json()["segments"]
    assert [(one["text"], one["final"]) for one in said] == [("喂", True), ("望京西园", False)]


async def test_a_stream_needs_the_key_and_says_what_is_wrong_with_a_message(
    app: FastAPI, settings: Settings
) -> None:
    async with served(app) as url:
        with pytest.raises(websockets.exceptions.InvalidStatus) as refused:
            async with connect(url, proxy=None):
                pass
        assert refused.value.response.status_code == 403
    async with streaming(app, settings) as socket:
        wrong: list[tuple[dict[str, Any], str]] = [
            ({"type": "nonsense"}, "bad_type"),
            ({"type": "end", "call_id": "a b"}, "bad_call_id"),
            ({"type": "end", "call_id": 7}, "bad_call_id"),
            ({"text": "喂", "start": -1, "end": 2}, "bad_time"),
            ({"text": "喂", "start": 3, "end": 2}, "bad_time"),
            ({"text": "喂", "start": "1", "end": 2}, "bad_time"),
            ({"text": "", "start": 1, "end": 2}, "bad_text"),
            ({"text": "喂" * 5000, "start": 1, "end": 2}, "bad_text"),
            ({"text": "喂", "start": 1, "end": 2, "speaker": "dog"}, "bad_speaker"),
            ({"text": "喂", "start": 1, "end": 2, "confidence": 2}, "bad_confidence"),
            ({"text": "喂" * 70000}, "too_long"),
        ]
        for message, code in wrong:
            answer = await told(socket, **message)
            assert (answer["type"], answer["code"]) == ("error", code)
        for raw in ("not json", "[]", b"\xff\xfe"):
            await socket.send(raw)
            assert json.loads(await socket.recv())["code"] == "bad_json"
        assert (await told(socket, type="start"))["type"] == "started"


async def test_danger_is_said_at_once_and_comes_first(
    app: FastAPI, client: httpx.AsyncClient, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def smells_gas(words: str) -> Alarm | None:
        return Alarm("燃气泄漏", "请立即离开。") if "煤气" in words else None

    app.state.voice = type(app.state.voice)(
        **{name: getattr(app.state.voice, name) for name in app.state.voice.__slots__}
        | {"alarm_of": smells_gas}
    )
    async with streaming(app, settings) as socket:
        operator = {"text": "有煤气味吗", "start": 1, "end": 2, "speaker": "operator"}
        assert (await told(socket, **operator))["type"] == "ack"
        assert (await client.get("/channels/voice/calls/c-1")).json()["danger"] is False
        citizen = {"text": "楼道里都是煤气味", "start": 3, "end": 5, "speaker": "caller"}
        assert (await told(socket, **citizen))["type"] == "ack"
        alarm = {"name": "燃气泄漏", "advice": "请立即离开。"}
        assert json.loads(await socket.recv()) == {"type": "danger", "call_id": "c-1", **alarm}
    assert (await client.get("/channels/voice/calls/c-1")).json()["danger"] is True


# --- the watched folder ------------------------------------------------------------------------------------------------------


@pytest.fixture
def folder(app: FastAPI, tmp_path: Path) -> Folder:
    path = tmp_path / "calls"
    path.mkdir()
    return Folder(path, app.state.voice.take_recording, 100_000, settled=2.0)


async def test_recordings_are_taken_from_a_folder_once_they_are_whole(
    folder: Folder, client: httpx.AsyncClient, database: Database
) -> None:
    put(folder, "c-1.wav", tone())
    put(folder, "c-1.json", json.dumps({"caller": CALLER, "started_at": "2026-11-26T09:30:00"}).encode())
    put(folder, "来电.wav", tone(pitch=500))
    put(folder, "growing.wav", tone(), age=0)
    put(folder, "c-2.wav.part", tone())
    assert await folder.look() == 2
    assert await folder.look() == 0
    assert sorted(one.name for one in (folder.path / "done").iterdir()) == [
        "c-1.wav",
        "c-1.wav.json",
        "来电.wav",
    ]
    call = (await client.get("/channels/voice/calls/c-1")).json()
    assert call["started_at"] == "2026-11-26T09:30:00+08:00"
    assert len(await jobs(database, "calls:hear")) == 2
    put(folder, "c-1.wav", tone())  # brought again
    assert await folder.look() == 1
    assert len(await jobs(database, "calls:hear")) == 2
    assert (folder.path / "done" / "c-1.1.wav").exists()


async def test_what_is_refused_lies_aside_with_the_reason_and_what_waits_stays(
    folder: Folder, tmp_path: Path
) -> None:
    put(folder, "a.wav", b"no recording at all")
    put(folder, "b.wav", bytes(200_000))
    put(folder, "c.wav", tone())
    put(folder, "c.wav.json", b"{")
    assert await folder.look() == 0
    reasons = {
        one.name: one.read_text("utf-8").splitlines()[0]
        for one in (folder.path / "refused").glob("*.reason.txt")
    }
    assert reasons == {
        "a.wav.reason.txt": "not_audio",
        "b.wav.reason.txt": "too_large",
        "c.wav.reason.txt": "bad_json",
    }

    async def busy(*_: Any) -> Any:
        raise Refused("busy")

    waiting = Folder(folder.path, busy, 100_000, settled=2.0)
    put(folder, "d.wav", tone())
    assert await waiting.look() == 0
    assert (folder.path / "d.wav").exists()
    with pytest.raises(OSError, match="gone"):
        await Folder(tmp_path / "gone", busy, 100_000).look()

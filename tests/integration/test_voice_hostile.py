"""What call centres send by mistake or ill will, and what fails under them: nothing acknowledged is lost, nothing of ours is read or moved."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from bot.calls.model import Alarm
from bot.settings import Settings
from bot.storage import Database
from bot.storage.secrets import api_key
from channels.voice import upload
from channels.voice.channel import AT_ONCE, VoiceChannel
from channels.voice.folder import Folder
from channels.voice.stream import MOST_CALLS, _Talk
from serve.app import create_app
from tests.support.call_centre import RECORDINGS, code_of, put, served, tone
from tests.support.calls import CALLER
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
        transport=httpx.ASGITransport(app=app, raise_app_exceptions=False),
        base_url="http://suda.test",
        headers={"X-API-Key": api_key(settings)},
    ) as caller:
        yield caller


class Away(Database):
    """A database whose server can be gone, or whose connections all taken."""

    error: Exception | None = None

    def __init__(self, url: str) -> None:
        super().__init__(url)
        within = self.session

        def session() -> Any:
            if self.error is not None:
                raise self.error
            return within()

        self.session = session  # type: ignore[assignment]


GONE: list[Exception] = [
    OperationalError("select", None, Exception("the server closed the connection")),
    PoolTimeoutError("no connection is free"),
]


@pytest.fixture
async def away(app: FastAPI, database_url: str) -> AsyncIterator[Away]:
    database = Away(database_url)
    recordings = app.state.voice.recordings
    recordings._database = database
    app.state.voice = replace(app.state.voice, database=database)
    yield database
    await database.dispose()


async def say(talk: _Talk, **message: Any) -> list[dict[str, Any]]:
    return await talk.take(json.dumps({"call_id": "c-1", "speaker": "caller", **message}))


async def words(client: httpx.AsyncClient, call_id: str = "c-1") -> list[str]:
    return [one["text"] for one in (await client.get(f"/channels/voice/calls/{call_id}")).json()["segments"]]


# --- a database that is away ---------------------------------------------------------------------------------------------------


GAS = Alarm("燃气泄漏", "请立即离开。")


@pytest.mark.parametrize("error", GONE)
async def test_what_cannot_be_stored_is_said_to_be_busy(
    client: httpx.AsyncClient, away: Away, error: Exception
) -> None:
    await client.post(RECORDINGS, content=tone(), params={"call_id": "c-1"})
    away.error = error
    assert code_of(await client.post(RECORDINGS, content=tone(), params={"call_id": "c-1"})) == (503, "busy")
    assert code_of(await client.get("/channels/voice/calls/c-1")) == (503, "busy")
    assert code_of(await client.post("/channels/voice/calls/c-1/link")) == (503, "busy")
    away.error = None
    assert (await client.get("/channels/voice/calls/c-1")).status_code == 200


@pytest.mark.parametrize("error", GONE)
async def test_last_words_survive_an_end_that_cannot_be_stored(
    app: FastAPI, client: httpx.AsyncClient, away: Away, error: Exception
) -> None:
    talk = _Talk(app.state.voice)
    await say(talk, type="start")
    await say(talk, type="partial", start=1, end=2, text="三号楼没有暖气")
    away.error = error
    (answer,) = await say(talk, type="end")
    assert (answer["type"], answer["code"]) == ("error", "busy")
    (answer,) = await say(talk, type="final", start=8, end=9, text="快点")
    assert answer["code"] == "busy"
    away.error = None
    (answer,) = await say(talk, type="end")
    assert answer["type"] == "ended"
    assert await words(client) == ["三号楼没有暖气"]


async def test_danger_that_cannot_be_marked_is_busy_and_is_marked_when_it_is_sent_again(
    app: FastAPI, client: httpx.AsyncClient, away: Away
) -> None:
    async def breaks(_words: str) -> Alarm:
        away.error = GONE[0]
        return GAS

    talk = _Talk(replace(app.state.voice, alarm_of=breaks))
    gas = {"type": "final", "start": 1, "end": 2, "text": "楼道里有煤气味"}
    (answer,) = await say(talk, **gas)
    assert answer["code"] == "busy"
    away.error = None

    async def danger(_words: str) -> Alarm:
        return GAS

    talk = _Talk(replace(app.state.voice, alarm_of=danger))
    assert [one["type"] for one in await say(talk, **gas)] == ["ack", "danger"]
    assert await words(client) == ["楼道里有煤气味"]


# --- streams -------------------------------------------------------------------------------------------------------------------


async def test_an_unfinished_stretch_before_a_finished_one_is_kept(
    app: FastAPI, client: httpx.AsyncClient
) -> None:
    talk = _Talk(app.state.voice)
    await say(talk, type="partial", segment_id="a", start=1, end=3, text="我家没有暖气")
    await say(talk, type="final", segment_id="b", start=5, end=8, text="已经三天了")
    await say(talk, type="partial", segment_id="c", start=5.2, end=7, text="已经三")  # b by another name
    await say(talk, type="end")
    assert await words(client) == ["我家没有暖气", "已经三天了"]


async def test_a_connection_remembers_few_calls_and_stores_their_words(
    app: FastAPI, client: httpx.AsyncClient, database: Database
) -> None:
    talk = _Talk(app.state.voice)
    for number in range(MOST_CALLS + 300):
        await say(talk, type="partial", call_id=f"c-{number}", start=1, end=2, text="喂")
    assert len(talk._calls) <= MOST_CALLS
    assert len(talk._partial) <= MOST_CALLS
    assert await words(client) == ["喂"]
    await talk.keep_unfinished()
    async with database.session() as session:
        count = text("SELECT count(*) FROM call_segment")
        assert (await session.execute(count)).scalar_one() == MOST_CALLS + 300


async def test_ids_of_stretches_may_be_long_and_of_any_script(
    app: FastAPI, client: httpx.AsyncClient
) -> None:
    talk = _Talk(app.state.voice)
    for name, said in (("句子一", "一"), ("句子二", "二"), ("x" * 90 + "1", "三"), ("x" * 90 + "2", "四")):
        (answer,) = await say(talk, type="final", segment_id=name, start=1, end=2, text=said)
        assert answer["type"] == "ack"
    assert sorted(await words(client)) == sorted("一二三四")


async def test_an_end_told_again_leaves_why_nothing_was_heard(
    app: FastAPI, client: httpx.AsyncClient, database: Database
) -> None:
    talk = _Talk(app.state.voice)
    await say(talk, type="end")
    async with database.session() as session, session.begin():
        await session.execute(text("UPDATE call SET rejected = 'unclear'"))
    await say(talk, type="end")
    assert (await client.get("/channels/voice/calls/c-1")).json()["rejected"] == "unclear"


# --- requests ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("call_id", ["%00", "a%00b", "%ED%A0%80", "..%2f..%2fetc", "x" * 5000, "%E7%94%B5"])
async def test_ids_that_are_none_are_not_found(client: httpx.AsyncClient, call_id: str) -> None:
    for answer in (
        await client.get(f"/channels/voice/calls/{call_id}"),
        await client.post(f"/channels/voice/calls/{call_id}/link"),
    ):
        assert answer.status_code == 404


@pytest.mark.parametrize(
    "form",
    [
        b"--x\r\nbad header\r\n\r\nwords\r\n--x--\r\n",
        b"--x\r\n: nothing\r\n\r\nwords\r\n--x--\r\n",
        b"nonsense without any boundary",
        b"--x\r\nContent-Disposition: form-data\r\n\r\nwords\r\n--x--\r\n",
        b"--x\r\nContent-Disposition: form-data; name=a; filename*=utf-32''%ff\r\n\r\nwords\r\n--x--\r\n",
        b'--x\r\nContent-Disposition: form-data; name="caller"\r\n\r\n' + b"1" * 20_000 + b"\r\n--x--\r\n",
        b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n' * 30 + b"--x--\r\n",
    ],
)
async def test_forms_that_are_none_are_refused(client: httpx.AsyncClient, form: bytes) -> None:
    for kind in ("multipart/form-data; boundary=x", "multipart/form-data; boundary=x; charset=nonsense"):
        answer = await client.post(RECORDINGS, headers={"Content-Type": kind}, content=form)
        assert answer.status_code in (400, 415, 422), answer.text
        assert answer.json()["error"]["code"] in ("bad_form", "no_recording", "not_audio")


@pytest.mark.parametrize("kind", ["audio/wav", "multipart/form-data; boundary=x"])
async def test_senders_that_went_away_hold_up_nobody(
    app: FastAPI, settings: Settings, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setattr(upload, "STALLED", 0.5)
    head = {"X-API-Key": api_key(settings), "Content-Type": kind, "Content-Length": "100000"}
    lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
    async with served(app) as url:
        port = int(url.split(":")[2].split("/")[0])
        opened = [await asyncio.open_connection("127.0.0.1", port) for _ in range(AT_ONCE)]
        for _reader, writer in opened:
            writer.write(f"POST {RECORDINGS} HTTP/1.1\r\nHost: suda.test\r\n{lines}\r\n--x".encode())
            await writer.drain()
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=15) as client:
            answer = await client.post(RECORDINGS, content=tone(), headers={"X-API-Key": api_key(settings)})
        assert answer.status_code == 202
        for reader, writer in opened:
            assert b" 408 " in await asyncio.wait_for(reader.readline(), 5)
            writer.close()


async def test_uploads_at_once_of_one_call_are_one_call(
    client: httpx.AsyncClient, database: Database
) -> None:
    async def post(number: int) -> httpx.Response:
        told = {"call_id": "c-1"} | ({"caller": CALLER} if number % 2 else {})
        return await client.post(RECORDINGS, content=tone(pitch=400 + number % 3), params=told)

    answers = await asyncio.gather(*(post(number) for number in range(24)))
    assert {one.status_code for one in answers} == {202}
    async with database.session() as session:
        counts = "SELECT (SELECT count(*) FROM call), (SELECT count(*) FROM attachment)"
        assert tuple((await session.execute(text(counts))).one()) == (1, 3)


# --- the watched folder --------------------------------------------------------------------------------------------------------


@pytest.fixture
def folder(app: FastAPI, tmp_path: Path) -> Folder:
    voice: VoiceChannel = app.state.voice
    path = tmp_path / "calls"
    path.mkdir()
    return Folder(path, voice.take_recording, 100_000, settled=0.0)


async def test_nothing_outside_the_folder_is_taken_or_moved(
    folder: Folder, client: httpx.AsyncClient, database: Database, tmp_path: Path
) -> None:
    secret = tmp_path / "secret.wav"
    secret.write_bytes(tone())
    (tmp_path / "facts.json").write_text(json.dumps({"call_id": "stolen"}))
    (folder.path / "c-1.wav").symlink_to(secret)
    (folder.path / "passwd.wav").symlink_to("/etc/passwd")
    (folder.path / "dangling.wav").symlink_to(tmp_path / "nothing")
    (folder.path / "directory.wav").mkdir()
    os.mkfifo(folder.path / "pipe.wav")
    os.mkfifo(folder.path / "c-3.wav.json")
    (folder.path / "c-2.wav.json").symlink_to(tmp_path / "facts.json")
    put(folder, "c-2.wav", tone(pitch=500))
    put(folder, "c-3.wav", tone(pitch=600))
    assert await asyncio.wait_for(folder.look(), 10) == 2
    left = sorted(one.name for one in folder.path.iterdir())
    assert {"c-1.wav", "passwd.wav", "dangling.wav", "directory.wav", "pipe.wav"} <= set(left)
    assert sorted(one.name for one in (folder.path / "done").iterdir()) == ["c-2.wav", "c-3.wav"]
    assert not (folder.path / "refused").exists()
    assert secret.exists()
    assert (await client.get("/channels/voice/calls/c-2")).status_code == 200
    async with database.session() as session:
        assert (await session.execute(text("SELECT count(*) FROM call"))).scalar_one() == 2


async def test_a_sidecar_without_end_is_refused(folder: Folder) -> None:
    put(folder, "c-1.wav", tone())
    put(folder, "c-1.json", b'{"caller": "' + b"1" * 2_000_000 + b'"}')
    assert await folder.look() == 0
    assert (folder.path / "refused" / "c-1.wav.reason.txt").read_text("utf-8").startswith("bad_json")


async def test_names_in_no_encoding_are_taken(folder: Folder, database: Database) -> None:
    name = os.fsdecode(b"\xc0\xb4\xb5\xe7.wav")  # GBK on a share that says UTF-8
    put(folder, name, tone())
    assert await folder.look() == 1
    async with database.session() as session:
        assert (await session.execute(text("SELECT count(*) FROM call"))).scalar_one() == 1

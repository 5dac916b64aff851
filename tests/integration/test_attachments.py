"""Files on their way: fetched by a worker, kept once and sealed, whatever breaks on the way."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from bot.attachments import open_store
from bot.attachments.jobs import Porter
from bot.attachments.keeping import Keeper
from bot.attachments.scan import Scanner
from bot.attachments.sealed import open_facts, open_file
from bot.attachments.spoken import Spoken, Unclear
from bot.attachments.step import HEARD_TRIES, MediaStep
from bot.errors import PlatformAway, RateLimited, SpeechError
from bot.intake.engine import EngineDown, Turn
from bot.intake.turns import TryAgain, Turns
from bot.messages import Reply
from bot.storage import autocommit_pool
from tests.support.album import CHANNEL, Album, medium, send
from tests.support.town import Town, town
from tests.unit.attachments import pictures as make


@pytest.fixture
async def here(database_url: str, tmp_path: Path) -> AsyncIterator[Town]:
    async with town(database_url, tmp_path) as opened:
        yield opened


@dataclass
class Ear:
    """Takes turns and remembers what it was told; fails as often as it is told to."""

    heard: list[Turn] = field(default_factory=list)
    failures: int = 0

    async def take_turn(self, turn: Turn) -> list[Reply]:
        self.heard.append(turn)
        if self.failures:
            self.failures -= 1
            raise EngineDown("not ready")
        return [Reply("好")]


@dataclass
class Desk:
    """A worker's side of turns without the job engine."""

    turns: Turns
    ear: Ear

    @property
    def told(self) -> list[dict[str, Any]]:
        """What the last turn was told of its files."""
        return self.ear.heard[-1].metadata["attachments"]


@pytest.fixture
async def desk(here: Town) -> AsyncIterator[Any]:
    """Makes a desk with an album and whatever else a test needs."""
    async with autocommit_pool(here.url, 2, "test") as pool:

        def make_desk(album: Album, *, scan: str | None = None, transcribe: Any = None) -> Desk:
            keeper = Keeper(here.database, open_store(here.settings), Scanner(scan))
            step = MediaStep(keeper, {CHANNEL: album}, transcribe)
            ear = Ear()
            return Desk(Turns(pool, here.vault, ear, message_limit=2000, media=step), ear)

        yield make_desk


def stored(here: Town) -> list[Path]:
    return sorted(path for path in (here.settings.data_dir / "attachments").rglob("*") if path.is_file())


async def key_of(here: Town) -> bytes:
    return here.vault.unwrap((await here.fetch("SELECT wrapped_key FROM citizen"))[0][0])


async def test_a_photo_is_kept_sealed_without_its_place_and_the_dialogue_is_told(
    here: Town, desk: Any
) -> None:
    at = desk(Album(a=make.photo()))
    receipt = await send(here, medium("a"), text="路灯坏了")
    await at.turns.take(receipt.inbox_id)
    (told,) = at.told
    assert (told["kind"], told["code"]) == ("photo", None)
    assert told["place"]["latitude"] == pytest.approx(make.PLACE[0], abs=1e-4)
    assert "media" not in at.ear.heard[0].metadata
    assert at.ear.heard[0].text == "路灯坏了"

    row = (await here.fetch("SELECT id, object_name, thumb_name, sealed, media_type FROM attachment"))[0]
    assert (told["id"], row[4]) == (row[0], "image/jpeg")
    key = await key_of(here)
    assert len(stored(here)) == 2
    for path in stored(here):
        content = path.read_bytes()
        assert b"JFIF" not in content
        opened = open_file(key, path.name, content)
        assert opened.startswith(b"\xff\xd8")
        assert b"Exif" not in opened
    assert {path.name for path in stored(here)} == {row[1], row[2]}
    assert open_facts(key, row[3])["name"] == "a.bin"


async def test_the_same_photo_twice_is_stored_once_and_for_each_citizen_apart(here: Town, desk: Any) -> None:
    at = desk(Album(a=make.photo()))
    for who in ("甲", "甲", "乙"):
        await at.turns.take((await send(here, medium("a"), who=who)).inbox_id)
    assert len(stored(here)) == 4  # photo and thumbnail of each of the two
    assert await here.fetch("SELECT count(*), count(DISTINCT object_name) FROM attachment") == [(3, 2)]


async def test_a_turn_that_is_taken_again_fetches_and_keeps_nothing_again(here: Town, desk: Any) -> None:
    album = Album(a=make.photo(), b=make.EXE)
    at = desk(album)
    at.ear.failures = 1
    receipt = await send(here, medium("a"), medium("b"))
    with pytest.raises(TryAgain):
        await at.turns.take(receipt.inbox_id)
    await at.turns.take(receipt.inbox_id, tries=1)
    assert album.fetched == ["a", "b"]
    first, second = (turn.metadata["attachments"] for turn in at.ear.heard)
    assert first == second
    assert [one["code"] for one in first] == [None, "bad_type"]
    assert first[0]["place"] is not None
    await at.turns.take(receipt.inbox_id, tries=2)
    assert len(at.ear.heard) == 2
    assert await here.fetch("SELECT state, count(*) FROM attachment GROUP BY 1 ORDER BY 1") == [
        ("kept", 1),
        ("refused", 1),
    ]


async def test_two_runs_at_the_same_time_keep_one(here: Town, desk: Any) -> None:
    at = desk(Album(a=make.photo()))
    receipt = await send(here, medium("a"))
    await asyncio.gather(*(at.turns.take(receipt.inbox_id) for _ in range(3)))
    assert await here.fetch("SELECT count(*) FROM attachment") == [(1,)]
    assert await here.fetch("SELECT count(*) FROM outbox") == [(1,)]


async def test_while_the_platform_is_away_the_citizens_messages_wait_in_order(
    here: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.attachments.step.pause", lambda _tries: 0.05)
    album = Album(a=make.photo())
    album.trouble = [PlatformAway("away"), RateLimited("slower", after=0.05), PlatformAway("away")]
    first = await send(here, medium("a"), text="照片", channel=CHANNEL)
    second = await send(here, text="后面的话", channel=CHANNEL)
    async with here.worker(fetchers={CHANNEL: album}, senders={}):
        assert await here.hears(second) == ["收到：后面的话"]
        assert await here.hears(first) == ["收到：照片"]
    assert [turn["text"] for turn in here.turns()] == ["照片", "后面的话"]
    assert album.fetched == ["a"] * 4
    assert await here.fetch("SELECT state FROM attachment") == [("kept",)]
    assert await here.fetch("SELECT attempts FROM inbox ORDER BY id") == [(0,), (0,)]  # nobody's fault


async def test_after_ten_minutes_the_talk_goes_on_without_the_file(here: Town, desk: Any) -> None:
    album = Album(a=make.photo())
    at = desk(album)
    receipt = await send(here, medium("a"))
    for tries in (0, 39):
        album.trouble = [PlatformAway("away")]
        with pytest.raises(TryAgain) as again:
            await at.turns.take(receipt.inbox_id, tries=tries)
        assert 0 < again.value.after <= 16
    assert await here.fetch("SELECT kind FROM outbox") == [("notice",)]  # told once that it takes longer
    album.trouble = [PlatformAway("away")]
    await at.turns.take(receipt.inbox_id, tries=40)
    assert [one["code"] for one in at.told] == ["away"]


@pytest.mark.parametrize(
    ("content", "kind", "code"),
    [
        (make.EXE, "file", "bad_type"),
        (make.SVG, "photo", "bad_type"),
        (make.bomb(60_000, 60_000), "photo", "too_large"),
        (make.photo()[:400], "photo", "broken"),
        (make.PDF + bytes(20_000_001), "file", "too_large"),
        (make.photo() + bytes(10_000_001), "photo", "too_large"),
    ],
)
async def test_a_refused_file_leaves_nothing_but_its_reason(
    here: Town, desk: Any, content: bytes, kind: str, code: str
) -> None:
    at = desk(Album(a=content))
    await at.turns.take((await send(here, medium("a", kind))).inbox_id)
    assert at.told == [{"kind": kind, "id": None, "code": code, "place": None}]
    assert stored(here) == []


async def test_a_file_that_is_gone_or_whose_channel_is_off_is_refused(here: Town, desk: Any) -> None:
    at = desk(Album())
    await at.turns.take((await send(here, medium("a"))).inbox_id)
    await at.turns.take((await send(here, medium("a"), channel="web")).inbox_id)
    assert [turn.metadata["attachments"][0]["code"] for turn in at.ear.heard] == ["gone", "gone"]


async def test_more_than_nine_at_once_are_not_fetched(here: Town, desk: Any) -> None:
    album = Album(a=make.photo())
    at = desk(album)
    await at.turns.take((await send(here, *[medium("a")] * 11)).inbox_id)
    assert [one["code"] for one in at.told] == [None] * 9 + ["too_many"] * 2
    assert len(album.fetched) == 9


async def test_photos_have_a_tighter_limit_than_other_files(here: Town, desk: Any) -> None:
    album = Album(a=make.photo(), b=make.PDF)
    at = desk(album)
    await at.turns.take((await send(here, medium("a"), medium("b", "file"))).inbox_id)
    assert album.limits == [10_000_000, 20_000_000]
    assert [one["id"] is not None for one in at.told] == [True, True]


async def test_a_voice_note_is_kept_and_its_words_are_the_message_once_somebody_hears_them(
    here: Town, desk: Any
) -> None:
    async def hears(recording: bytes) -> Spoken:
        assert recording == make.AMR
        return Spoken("楼道的灯坏了", (Unclear("灯坏了", "三号楼"),), ((3, 4),))

    deaf, hearing = desk(Album(a=make.AMR)), desk(Album(a=make.AMR), transcribe=hears)
    await deaf.turns.take((await send(here, medium("a", "voice"))).inbox_id)
    await hearing.turns.take((await send(here, medium("a", "voice"))).inbox_id)
    assert (deaf.ear.heard[0].text, hearing.ear.heard[0].text) == ("", "楼道的灯坏了")
    assert deaf.told[0]["id"] is not None
    assert hearing.told[0]["id"] is not None
    told = hearing.ear.heard[0].metadata["speech"]
    assert told == {
        "words": "楼道的灯坏了",
        "unclear": [{"after": "灯坏了", "guess": "三号楼"}],
        "doubtful": [[3, 4]],
        "rejected": None,
    }
    assert "speech" not in deaf.ear.heard[0].metadata
    await hearing.turns.take((await send(here, medium("a", "voice"), text="写的字")).inbox_id)
    assert hearing.ear.heard[-1].text == "写的字，楼道的灯坏了", "neither is lost"


async def test_a_voice_note_whose_turn_is_tried_again_is_heard_once_and_keeps_its_words(
    here: Town, desk: Any
) -> None:
    heard = []

    async def hears(recording: bytes) -> Spoken:
        heard.append(recording)
        if len(heard) == 1:
            raise SpeechError("The speech process does not answer.")
        return Spoken("楼道的灯坏了")

    at = desk(Album(a=make.AMR), transcribe=hears)
    receipt = await send(here, medium("a", "voice"))
    with pytest.raises(TryAgain):
        await at.turns.take(receipt.inbox_id)
    at.ear.failures = 1
    with pytest.raises(TryAgain):
        await at.turns.take(receipt.inbox_id, tries=1)
    await at.turns.take(receipt.inbox_id, tries=2)
    assert at.ear.heard[-1].text == "楼道的灯坏了"
    assert len(heard) == 2
    assert await here.fetch("SELECT count(*) FROM attachment") == [(1,)]


async def test_who_cannot_be_heard_for_long_is_answered_without_words(here: Town, desk: Any) -> None:
    async def deaf(_recording: bytes) -> Spoken:
        raise SpeechError("The speech process does not answer.")

    at = desk(Album(a=make.AMR), transcribe=deaf)
    receipt = await send(here, medium("a", "voice"))
    await at.turns.take(receipt.inbox_id, tries=HEARD_TRIES)
    assert at.ear.heard[0].text == ""
    assert at.told[0]["id"] is not None


async def test_an_unsafe_file_is_refused_and_one_that_could_not_be_scanned_is_scanned_again(
    here: Town, desk: Any
) -> None:
    store = open_store(here.settings)
    infected = make.PDF + b"EICAR"
    finds = "sh -c 'if grep -q EICAR; then exit 1; else exit 0; fi'"
    at = desk(Album(a=infected), scan=finds)
    await at.turns.take((await send(here, medium("a", "file"))).inbox_id)
    assert at.told[0]["code"] == "unsafe"
    assert stored(here) == []

    at = desk(Album(a=infected, b=make.PDF), scan="sh -c 'exit 2'")
    await at.turns.take((await send(here, medium("a", "file"), medium("b", "file"))).inbox_id)
    assert [one["code"] for one in at.told] == [None, None]
    still_away = Porter(here.database, store, here.vault, Scanner("sh -c 'exit 2'"))
    assert await still_away.scan_again() == 0
    porter = Porter(here.database, store, here.vault, Scanner(finds))
    assert await porter.scan_again() == 2
    assert await porter.scan_again() == 0
    rows = await here.fetch("SELECT state, error_code, scan FROM attachment ORDER BY id DESC LIMIT 2")
    assert rows == [("kept", None, "clean"), ("refused", "unsafe", "clean")]
    await here.fetch("UPDATE attachment_gone SET since = now() - interval '1 hour'")
    assert await porter.sweep() == 1
    assert len(stored(here)) == 1


async def test_an_erased_citizens_photo_is_not_kept_by_a_turn_in_hand(here: Town, desk: Any) -> None:
    at = desk(Album(a=make.photo()))
    receipt = await send(here, medium("a"))
    await here.fetch("UPDATE citizen SET wrapped_key = NULL")
    await at.turns.take(receipt.inbox_id)
    assert at.ear.heard == []
    assert stored(here) == []

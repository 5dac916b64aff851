"""What citizens say by Telegram is kept once, whatever it is; what nobody said is not. Real sockets, a stand-in for Telegram."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import psycopg
import pytest
from sqlalchemy.engine import make_url

from bot.messages import Button, Reply
from channels.telegram.words import ONLY_PRIVATE, TOO_FAST
from tests.support.platforms.telegram import SECRET, Rates
from tests.support.platforms.telegram.phone import CITIZEN
from tests.support.platforms.telegram.town import PATH, TelegramTown, telegram_town

HEADER = "X-Telegram-Bot-Api-Secret-Token"
AN = 4201


@pytest.fixture
async def here(database_url: str, tmp_path: Path) -> AsyncIterator[TelegramTown]:
    async with telegram_town(database_url, tmp_path) as made, made.open():
        yield made


async def taken(here: TelegramTown, count: int) -> None:
    await here.telegram.until(lambda: len(here.telegram.world.acks) >= count)


async def test_a_citizen_writes_and_is_answered(here: TelegramTown) -> None:
    await here.telegram.say(AN, "小区停水了")
    assert await here.telegram.hears(AN, 1) == ["收到：小区停水了"]
    rows = await here.town.fetch("SELECT channel, external_id FROM inbox")
    assert [(channel, id_.rpartition(":")[0]) for channel, id_ in rows] == [("telegram", "700001:700000001")]
    assert here.telegram.world.failures == []


@pytest.mark.parametrize(
    ("said", "means"),
    [
        ("/start", "你好"),
        ("/start link_12345678", "接续码 12345678"),
        ("/new", "我要反映问题"),
        ("/new 路灯坏了", "路灯坏了"),
        ("/cases@suda_test_bot", "查一下我的工单进度"),
        ("/cancel", "取消"),
        ("/help", "你都能帮我做什么"),
        ("/nonsense", "/nonsense"),
    ],
)
async def test_commands_are_words(here: TelegramTown, said: str, means: str) -> None:
    await here.telegram.say(AN, said)
    await taken(here, 1)
    assert await here.kept() == [(means, {})]


async def test_what_a_deep_link_brings_is_kept(here: TelegramTown) -> None:
    await here.telegram.say(AN, "/start street-12")
    await taken(here, 1)
    assert await here.kept() == [("你好", {"start": "street-12"})]


async def test_places_photos_and_voices_are_kept_as_what_they_are(here: TelegramTown) -> None:
    telegram = here.telegram
    await telegram.location(AN, 39.9, 116.4)
    await telegram.location(AN, 39.9, 116.4, "朝阳公园")
    await telegram.photo(AN, b"jpeg", "井盖没了")
    await telegram.voice(AN, b"ogg")
    document = {"file_id": "d1", "file_unique_id": "u", "file_name": "合同.pdf", "mime_type": "application/pdf", "file_size": 9}  # fmt: skip
    await telegram.send(AN, document=document)
    await telegram.send(
        AN, audio={"file_id": "a1", "file_unique_id": "u", "duration": 3, "mime_type": "audio/mpeg"}
    )
    video = {"file_id": "v1", "file_unique_id": "u", "width": 1, "height": 1, "duration": 3, "file_size": 7}
    await telegram.send(AN, video=video, caption="夜里施工")
    await taken(here, 7)
    place = {"latitude": 39.9, "longitude": 116.4, "system": "wgs84", "label": ""}
    assert await here.kept() == [
        ("", {"location": place}),
        ("", {"location": {**place, "label": "朝阳公园"}}),
        ("井盖没了", {"media": [{"kind": "photo", "file_id": "file-1", "size": 4, "mime": "image/jpeg"}]}),
        (
            "",
            {
                "media": [
                    {"kind": "voice", "file_id": "file-2", "size": 3, "mime": "audio/ogg", "seconds": 4.0}
                ]
            },
        ),
        (
            "",
            {
                "media": [
                    {
                        "kind": "file",
                        "file_id": "d1",
                        "size": 9,
                        "mime": "application/pdf",
                        "name": "合同.pdf",
                    }
                ]
            },
        ),
        (
            "",
            {"media": [{"kind": "voice", "file_id": "a1", "size": 0, "mime": "audio/mpeg", "seconds": 3.0}]},
        ),
        (
            "夜里施工",
            {"media": [{"kind": "video", "file_id": "v1", "size": 7, "mime": "video/mp4", "seconds": 3.0}]},
        ),
    ]


async def test_ones_own_contact_is_a_number_and_anothers_is_not(here: TelegramTown) -> None:
    await here.telegram.send(AN, contact={"phone_number": "8613800138000", "first_name": "张", "user_id": AN})
    await here.telegram.send(AN, contact={"phone_number": "13900139000", "first_name": "李", "user_id": 7})
    await taken(here, 2)
    assert [text for text, _ in await here.kept()] == ["我的电话是 13800138000", ""]


async def test_an_edited_message_is_a_correction_and_a_moving_place_is_none(here: TelegramTown) -> None:
    await here.telegram.say(AN, "3号楼漏水")
    await here.telegram.edit(AN, 1, "5号楼漏水")
    moved = {"message_id": 1, "date": 1, "chat": {"id": AN, "type": "private"}, "edit_date": 2}
    await here.telegram.offer(AN, edited_message={**moved, "location": {"latitude": 1, "longitude": 2}})
    await taken(here, 3)
    assert await here.kept() == [("3号楼漏水", {}), ("5号楼漏水", {"edited": True})]


async def test_a_pressed_button_says_its_words_however_old_it_is(here: TelegramTown) -> None:
    telegram = here.telegram
    await telegram.say(AN, "你好")
    await telegram.hears(AN, 1)
    long = "请把我昨天反映的小区门口施工噪声和垃圾没人清运的两件事合在一起登记成一件好吗"
    await here.tell(AN, Reply("对吗？", (Button("确认", "确认登记"), Button(long, long))), key="1")
    await telegram.hears(AN, 2)
    await here.tell(AN, Reply("删吗？", (Button("确认", "确认删除"), Button("先不", "先不删了"))), key="2")
    await telegram.hears(AN, 3)
    old = telegram.world.chat(AN).told[1]
    assert len(old.markup["inline_keyboard"][1][0]["callback_data"].encode()) <= 64
    await telegram.press(AN, "确认", message_id=old.message_id)
    await telegram.press(AN, long)
    await telegram.press(AN, "确认")
    await telegram.hears_replies(AN, 6)
    assert [text for text, _ in (await here.kept())[1:]] == ["确认登记", long, "确认删除"]
    assert telegram.replies(AN)[3:] == ["收到：确认登记", f"收到：{long}", "收到：确认删除"]
    assert len(telegram.world.chat(AN).answered) == 3, "the phone must stop spinning"


async def test_a_place_is_asked_for_with_a_button_that_goes_away_again(here: TelegramTown) -> None:
    await here.telegram.say(AN, "路灯坏了")
    await here.telegram.hears(AN, 1)
    assert here.telegram.last(AN).markup == {"remove_keyboard": True}
    await here.tell(AN, Reply("在哪里？", (Button("说不清", "地点说不清楚"),), {"ask": "place"}))
    await here.telegram.hears(AN, 2)
    rows = here.telegram.last(AN).markup["keyboard"]
    assert rows[0][0]["request_location"] is True
    await here.telegram.say(AN, rows[1][0]["text"])
    assert (await here.telegram.hears(AN, 3))[-1] == "收到：地点说不清楚"


async def test_an_update_that_comes_three_times_is_one_message_with_one_reply(here: TelegramTown) -> None:
    here.telegram.world.faults.duplicates = 2
    await here.telegram.say(AN, "小区停水了")
    await here.telegram.say(AN, "还停电")
    assert await here.telegram.hears_replies(AN, 2) == ["收到：小区停水了", "收到：还停电"]
    await here.telegram.until(lambda: len([one for one in here.telegram.world.wire if one.way == "in"]) == 6)
    assert await here.town.fetch("SELECT count(*) FROM inbox") == [(2,)]
    assert len(here.telegram.replies(AN)) == 2


async def test_updates_out_of_order_are_all_answered(here: TelegramTown) -> None:
    here.telegram.world.faults.reorder = True
    for text in ("一", "二", "三"):
        await here.telegram.say(AN, text)
    assert sorted(await here.telegram.hears_replies(AN, 3)) == ["收到：一", "收到：三", "收到：二"]


async def test_under_every_fault_at_once_nothing_is_lost_doubled_or_out_of_order(here: TelegramTown) -> None:
    here.telegram.world.faults.rates = Rates(duplicated=0.5, delayed=0.5, longest_delay=0.3, dropped=0.5)
    for number in range(4):
        for who in range(8):
            await here.telegram.say(AN + who, f"第{number}句")
    for who in range(8):
        assert await here.telegram.hears_replies(AN + who, 4, 60) == [
            f"收到：第{number}句" for number in range(4)
        ]
    assert here.telegram.world.failures, "faults there were"
    assert await here.town.fetch("SELECT count(*) FROM inbox") == [(32,)]
    assert here.telegram.world.counters()["acknowledged"] == 32


@pytest.mark.parametrize(
    "headers", [{}, {HEADER: "wrong"}, {HEADER: SECRET + "x"}, {HEADER: "密钥".encode()}]
)
async def test_a_forged_request_is_refused_and_leaves_nothing(
    here: TelegramTown, headers: dict[str, str]
) -> None:
    update = here.telegram.world.update(message={"text": "forged"})
    async with httpx.AsyncClient() as http:
        answer = await http.post(here.url, json=update, headers=headers)
    assert (answer.status_code, answer.content) == (403, b"")
    assert await here.town.fetch("SELECT count(*) FROM inbox") == [(0,)]


async def test_a_forged_body_is_not_even_waited_for(here: TelegramTown) -> None:
    port = int(urlsplit(here.url).port or 0)
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(
        f"POST {PATH} HTTP/1.1\r\nHost: x\r\nContent-Length: 900000\r\n{HEADER}: wrong\r\n\r\n".encode()
    )
    assert (await asyncio.wait_for(reader.readline(), 3)).startswith(b"HTTP/1.1 403")
    writer.close()


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"no json", 400),
        (b"[1]", 400),
        (b'{"update_id": 1, "message": ' + b'{"reply_to_message": ' * 500 + b"{}" + b"}" * 501, 400),
        (b'{"a": "' + b"x" * 65536 + b'"}', 413),
        (b'{"update_id": 5, "message": {"message_id": "?"}}', 200),
        (b'{"update_id": 6, "message_reaction": {}}', 200),
        (b'{"message": 7}', 200),
    ],
)
async def test_what_is_no_update_harms_nothing(here: TelegramTown, body: bytes, status: int) -> None:
    async with httpx.AsyncClient() as http:
        answer = await http.post(here.url, content=body, headers={HEADER: SECRET})
    assert answer.status_code == status
    await here.telegram.say(AN, "小区停水了")
    assert await here.telegram.hears(AN, 1) == ["收到：小区停水了"]


async def test_a_group_is_told_once_that_business_is_private(here: TelegramTown) -> None:
    for _ in range(3):
        await here.telegram.send(-1001, kind="supergroup", text="我家漏水")
    await taken(here, 3)
    assert here.telegram.told(-1001) == [ONLY_PRIVATE]
    assert await here.kept() == []


async def test_who_writes_too_fast_is_told_once(here: TelegramTown) -> None:
    for number in range(34):
        await here.telegram.say(AN, f"刷屏{number}")
    await taken(here, 34)
    assert await here.town.fetch("SELECT count(*) FROM inbox") == [(30,)]
    await here.telegram.until(lambda: TOO_FAST in here.telegram.told(AN))
    await here.telegram.say(AN, "煤气泄漏，有人昏倒了")
    await taken(here, 35)
    assert here.telegram.told(AN).count(TOO_FAST) == 1
    assert here.telegram.world.failures == []


async def test_what_cannot_be_stored_is_brought_again(here: TelegramTown, database_url: str) -> None:
    await here.telegram.say(AN, "你好")
    await here.telegram.hears(AN, 1)
    name = make_url(database_url).database
    admin = make_url(database_url).set(database="postgres").render_as_string(hide_password=False)
    async with await psycopg.AsyncConnection.connect(admin, autocommit=True) as connection:
        await connection.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        await connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name]
        )
        await here.telegram.say(AN, "小区停水了")
        await here.telegram.until(lambda: 503 in here.telegram.world.failures, 30)
        await connection.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
    assert await here.telegram.hears(AN, 2, 60) == ["收到：你好", "收到：小区停水了"]


async def test_the_demo_citizen_can_be_played_from_a_page(here: TelegramTown) -> None:
    async with httpx.AsyncClient(base_url=here.telegram.url) as http:
        assert (await http.get("/phone/about")).json()["platform"] == "telegram"
        assert "<html" in (await http.get("/")).text
        await http.post("/phone/say", json={"text": "你好"})
        await here.telegram.hears(CITIZEN, 1)
        await here.tell(CITIZEN, Reply("对吗？", (Button("确认", "确认登记"),)))
        await here.telegram.hears(CITIZEN, 2)
        lines = (await http.get("/phone/messages?after=1")).json()["messages"]
        assert [(line["from"], line["text"]) for line in lines] == [("bot", "收到：你好"), ("bot", "对吗？")]
        await http.post("/phone/say", json={"press": lines[1]["buttons"][0]["press"]})
        await http.post("/phone/say", json={"location": {"latitude": 39.9, "longitude": 116.4}})
        await http.post("/phone/photo", content=b"\xff\xd8\xff\xe0 a photo")
        assert (await http.post("/phone/say", json={"press": "key:1:nothing"})).status_code == 400
        assert (await http.post("/control", json={"delay": 0.01, "away": 0})).status_code == 200
        await taken(here, 4)
        notes = (await http.get("/phone/wire?after=0")).json()["notes"]
    assert {"callback_query", "sendMessage", "setMyCommands"} <= {note["title"] for note in notes}
    texts = [text for text, _ in await here.kept()]
    assert (texts[:2], sorted(texts[2:])) == (["你好", "确认登记"], ["", ""])

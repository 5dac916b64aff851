"""Voice notes in the real dialogue, engine included: what the worker heard is handed over as it hands it over."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from bot.attachments.spoken import Spoken, Unclear
from bot.clock import CITY
from bot.identity import find_or_create
from bot.intake.engine import EngineClient, Turn
from bot.manners import without_manners
from bot.storage import Database
from bot.storage.secrets import engine_secret, get_vault
from serve.places import known_database_url
from tests.support.running_system import RunningSystem

pytestmark = [pytest.mark.system, pytest.mark.engine, pytest.mark.timeout(900)]

AT = datetime(2026, 11, 23, 15, tzinfo=CITY)
_inbox = itertools.count(10**9 + uuid4().int % 10**9)
"""Numbers that no message of the system has."""
NOTE = {"kind": "voice", "id": 1, "code": None, "place": None}


def spoken(words: str, *doubtful: str, unclear: Sequence[Unclear] = ()) -> Spoken:
    """What was heard, the named parts of it in doubt."""
    spans = tuple((words.index(part), words.index(part) + len(part)) for part in doubtful)
    return Spoken(words, tuple(unclear), spans, None if words else "unclear")


async def talk(system: RunningSystem, *notes: Spoken) -> list[str]:
    """A new citizen's voice notes one after another; what each was answered, after what was heard."""
    settings = system.settings
    vault = get_vault(settings)
    async with (
        Database(known_database_url(settings) or "") as database,
        EngineClient(settings.engine_url, engine_secret(settings), timeout=60) as engine,
    ):
        async with database.session() as session, session.begin():
            citizen = await find_or_create(session, vault, "web", uuid4().hex, AT)
        answers = []
        for number, note in enumerate(notes):
            metadata: dict[str, Any] = {"speech": note.as_json(), "attachments": [] if note.words else [NOTE]}
            turn = Turn(
                next(_inbox),
                citizen.id,
                citizen.key,
                without_manners(note.words),
                AT + number * timedelta(minutes=1),
                "web",
                metadata,
            )
            replies = [reply.text for reply in await engine.take_turn(turn)]
            assert replies, note
            if note.words:
                assert replies[0].startswith(f"我听到的是：“{note.words.rstrip('。，')}”"), replies
            answers.append("\n".join(replies[1:] if note.words else replies))
        return answers


async def test_a_whole_case_is_spoken_and_what_is_in_doubt_is_asked_about_before_it_is_filed(
    system: RunningSystem,
) -> None:
    said = await talk(
        system,
        spoken("喂，我要反映，东城区北新桥街道草园胡同十二号的路灯坏了，从昨天开始。", "草园胡同"),
        spoken("不对，是草园胡同二十号。"),
        spoken("一三九零零零零零六零一。", "零六零一"),
        spoken("不对，尾号是0602。"),
        spoken("嗯，对的。"),
    )
    assert "草园胡同十二号，对吗？" in said[0]
    assert "手机号" in said[1]
    assert "13900000601，对吗？" in said[2]
    assert "【电话】13900000602" in said[3]
    assert "草园胡同二十号" in said[3]
    assert "十二号" not in said[3]
    assert "工单号" in said[4]


async def test_the_unclear_part_is_asked_for_and_nothing_else(system: RunningSystem) -> None:
    said = await talk(
        system,
        spoken("小区门口的路灯坏了，从昨天开始。", unclear=[Unclear("从昨天开始", "在动城区草元胡同十二号")]),
        spoken("在东城区北新桥街道草园胡同二十二号。"),
    )
    assert "没听清的好像是地址" in said[0]
    assert "手机号" in said[1]


async def test_a_danger_that_nobody_is_sure_of_is_advised_on_and_becomes_a_case_by_a_yes_alone(
    system: RunningSystem,
) -> None:
    smell = spoken("", unclear=[Unclear("", "闻到一股煤七味，我家煤气漏了")])
    said = await talk(
        system,
        smell,
        spoken("嗯，是的。"),
        spoken("东城区北新桥街道草园胡同三十号。"),
        spoken("一三九零零零零零六零三。"),
        spoken("对的。"),
    )
    assert "是这样吗？" in said[0]
    assert "119" in said[0]
    assert "哪里" not in said[0], "one question a message"
    assert "马上上报" in said[1]
    assert "【事情】闻到一股煤七味，我家煤气漏了" in said[3]
    assert "工单号" in said[4]
    said = await talk(system, smell, spoken("不是，不是。"), spoken("确认。"))
    assert said[1].startswith("好，没有就好")
    assert "工单号" not in said[2]

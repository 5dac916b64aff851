"""A citizen in a real browser, from the greeting to a filed case that is found in the database."""

from __future__ import annotations

import asyncio
import os
import signal
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

import psutil
import pytest
from playwright.sync_api import Browser

from bot.cases import CaseRecord, case_record
from bot.clock import CITY
from bot.storage import Database
from bot.storage.secrets import get_vault
from serve.places import database_url
from tests.support.browser import citizen_at, find_chromium
from tests.support.running_system import RunningSystem

pytestmark = [pytest.mark.browser, pytest.mark.system, pytest.mark.engine]
find_chromium()  # without one the whole file is left out, in one line


def kept(system: RunningSystem, number: str) -> CaseRecord:
    """The case as the database holds it, unsealed."""

    async def read() -> CaseRecord:
        async with Database(database_url(system.settings)) as database, database.session() as session:
            return await case_record(session, get_vault(system.settings), number)

    with ThreadPoolExecutor(1) as pool:  # Playwright's own loop runs in this thread
        return pool.submit(lambda: asyncio.run(read())).result()


def test_from_greeting_to_filed_case(browser: Browser, system: RunningSystem) -> None:
    with citizen_at(browser, system.url) as citizen:
        assert "您好" in citizen.ask("你好")[0]
        assert "哪里" in citizen.ask("楼道的灯坏了好几天没人修")[-1]
        assert "手机号" in citizen.ask("朝阳区望京街道南湖西园5号楼2单元，从11月20号开始的")[-1]
        assert "核对" in citizen.ask("13900000201")[-1]
        receipt = citizen.press("确认")
        number = citizen.case_number()
        assert number in receipt[0]
        case = kept(system, number)
        assert case.content is not None
        assert "楼道的灯坏了" in case.content
        assert (case.district, case.street) == ("朝阳区", "望京街道")
        assert case.place_text is not None
        assert "南湖西园5号楼2单元" in case.place_text
        assert case.contact_phone == "13900000201"
        assert case.occurred["start"] == f"{datetime.now(CITY).year}-11-20"
        assert case.channel == "web"
        assert number in citizen.ask("查进度")[-1]
        citizen.reload()
        assert any(number in line for line in citizen.lines("bot"))
        assert citizen.complaints == []


def test_another_citizen_sees_nothing_of_it(browser: Browser, system: RunningSystem) -> None:
    with citizen_at(browser, system.url) as first:
        first.ask("丰台区方庄街道芳古园一区的垃圾三天没人收，电话13900000202")
        first.press("确认")
        number = first.case_number()
    with citizen_at(browser, system.url) as second:
        assert second.lines("citizen") == []
        assert "没有查到" in second.ask(f"{number}办到哪了")[-1]


def test_a_question_is_answered_with_its_basis(browser: Browser, system: RunningSystem) -> None:
    with citizen_at(browser, system.url) as citizen:
        answer = citizen.ask("供暖几号开始")[-1]
        assert "11月15日" in answer
        assert "依据" in answer


@pytest.mark.parametrize(
    "said",
    ["我要反映一个问题", "我想咨询政策", "我想查我的诉求办到哪一步了"],
    ids=["report", "ask", "progress"],
)
def test_the_pages_own_openers_are_understood(browser: Browser, system: RunningSystem, said: str) -> None:
    with citizen_at(browser, system.url) as citizen:
        reply = citizen.ask(said)[-1]
        assert {
            "我要反映一个问题": "什么事",
            "我想咨询政策": "了解什么",
            "我想查我的诉求办到哪一步了": "没有登记过",
        }[said] in reply


def test_words_said_while_the_engine_is_away_are_kept_and_answered(
    browser: Browser, system: RunningSystem
) -> None:
    """The engine is killed; the supervisor brings it back; the citizen hears it was kept, then the answer."""
    with citizen_at(browser, system.url) as citizen:
        citizen.ask("你好")
        for process in psutil.process_iter(["cmdline", "environ"]):
            environ: dict[str, Any] = process.info["environ"] or {}
            if "engine.run" in (process.info["cmdline"] or []) and environ.get("SUDA_DATA_DIR") == str(
                system.settings.data_dir
            ):
                os.kill(process.pid, signal.SIGKILL)
        before = len(citizen.lines("bot"))
        citizen.say("供暖几号开始")
        citizen.page.wait_for_function(
            "count => [...document.querySelectorAll('.line[data-from=bot] .Bubble')].slice(count)"
            ".some(line => line.innerText.includes('11月15日'))",
            arg=before,
            timeout=90_000,
        )
        assert sum("11月15日" in line for line in citizen.lines("bot")) == 1

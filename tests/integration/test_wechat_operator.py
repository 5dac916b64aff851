"""What an operator sees of the account: ``suda doctor`` and ``suda wechat menu``, against a platform that answers as WeChat."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.clock import now
from bot.errors import ContentError
from bot.findings import Finding
from bot.settings import PROJECT
from channels.wechat import findings
from channels.wechat.account import load_menu
from serve.cli import app
from tests.support.platforms.wechat import Account
from tests.support.wechat_town import WeChatTown, wechat_town


@pytest.fixture
async def here(database_url: str, tmp_path: Path) -> AsyncIterator[WeChatTown]:
    async with wechat_town(database_url, tmp_path, worker=False) as opened:
        yield opened


async def doctor(here: WeChatTown) -> dict[str, Finding]:
    port = int(here.app.url.rpartition(":")[2])
    settings = here.town.settings.model_copy(update={"port": port})
    found = await asyncio.to_thread(lambda: list(findings(settings)))
    return {finding.part: finding for finding in found}


async def suda(*arguments: str) -> str:
    result = await asyncio.to_thread(CliRunner().invoke, app, list(arguments))
    assert result.exit_code == 0, result.output + repr(result.exception)
    return result.output


async def test_a_sound_account_is_found_sound(here: WeChatTown) -> None:
    found = await doctor(here)
    assert {part: one.state for part, one in found.items()} == {
        "wechat keys": "ok",
        "wechat secret": "ok",
        "wechat account": "ok",
        "wechat menu": "note",
        "wechat clock": "ok",
        "wechat webhook": "ok",
    }
    assert found["wechat menu"].cure == "suda wechat menu"


async def test_the_menu_is_set_shown_and_removed(here: WeChatTown) -> None:
    assert "我要反映、查进度、更多" in await suda("wechat", "menu")
    assert here.platform.menu is not None
    assert (await doctor(here))["wechat menu"].state == "ok"
    shown = json.loads(await suda("wechat", "menu", "--show"))
    assert [entry["name"] for entry in shown["button"]] == ["我要反映", "查进度", "更多"]
    await suda("wechat", "menu", "--delete")
    assert here.platform.menu is None


@pytest.mark.parametrize(
    ("name", "value", "part", "said", "cure"),
    [
        ("SECRET", "1" * 32, "wechat account", "40125", "SUDA_WECHAT_SECRET"),
        ("APPID", "wxnone", "wechat account", "40013", "SUDA_WECHAT_APPID"),
        ("API_URL", "http://127.0.0.1:9", "wechat account", "cannot be reached", "SUDA_WECHAT_API_URL"),
        ("SECRET", "short", "wechat secret", "5 characters", "copy it whole"),
        ("TOKEN", "anotherToken1", "wechat webhook", "status 403", "start again"),
        ("TOKEN", "", "wechat", "SUDA_WECHAT_TOKEN", "docs/channels/wechat.md"),
        ("TOKEN", "with-a-dash", "wechat", "3 to 32 letters and digits", "docs/channels/wechat.md"),
        ("AES_KEY", "short", "wechat", "SUDA_WECHAT_AES_KEY must be 43", "docs/channels/wechat.md"),
        ("MODE", "plain", "wechat keys", "not encrypted", "SUDA_WECHAT_MODE=safe"),
    ],
)
async def test_what_is_wrong_is_named_with_its_cure(
    here: WeChatTown, monkeypatch: pytest.MonkeyPatch, name: str, value: str, part: str, said: str, cure: str
) -> None:
    monkeypatch.setenv(f"SUDA_WECHAT_{name}", value)
    finding = (await doctor(here))[part]
    assert finding.state in ("bad", "note")
    assert said in finding.detail
    assert cure in finding.cure + finding.detail
    assert "secret" not in value or value not in finding.detail


async def test_a_clock_that_is_wrong_is_noticed(here: WeChatTown, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("channels.wechat.account.now", lambda: now() + timedelta(seconds=400))
    assert (await doctor(here))["wechat clock"].state == "bad"


async def test_a_webhook_that_is_not_up_is_a_note(here: WeChatTown) -> None:
    settings = here.town.settings.model_copy(update={"port": 9})
    found = await asyncio.to_thread(lambda: {one.part: one for one in findings(settings)})
    assert (found["wechat webhook"].state, found["wechat webhook"].cure[:7]) == ("note", "suda up")


async def test_no_secret_stands_in_any_finding(database_url: str, tmp_path: Path) -> None:
    account = replace(Account(""), secret="0123456789abcdef" * 2)
    async with wechat_town(database_url, tmp_path, account=account, worker=False) as here:
        said = repr(await doctor(here))
    assert account.secret not in said
    assert account.aes_key not in said
    assert account.token not in said


def test_the_city_s_own_menu_is_within_wechat_s_rules() -> None:
    assert len(load_menu(PROJECT / "content")["button"]) == 3


@pytest.mark.parametrize(
    ("menu", "said"),
    [
        ("{", "not a menu"),
        ('{"button": []}', "0 entries"),
        ('{"button": [{"type": "click", "name": "查进度"}]}', "needs a key"),
        ('{"button": [{"type": "view", "name": "一个太长的菜单名字"}]}', "longer than 16"),
    ],
)
def test_a_menu_against_the_rules_is_refused_with_what_is_wrong(tmp_path: Path, menu: str, said: str) -> None:
    (tmp_path / "channels").mkdir()
    (tmp_path / "channels" / "wechat_menu.json").write_text(menu, encoding="utf-8")
    with pytest.raises(ContentError, match=said):
        load_menu(tmp_path)

"""What ``suda demo`` decides before it starts anything."""

from __future__ import annotations

import os
import re
import socket
from pathlib import Path
from urllib.parse import urlsplit

import pytest

import serve.demo
from bot.errors import ConfigError
from bot.settings import PROJECT
from serve.demo import Demo, prepare, reuse_learnt
from serve.supervisor.programs import Addresses, environment


@pytest.fixture
def env(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> dict[str, str]:
    """An environment of the test's own; nothing that was learnt is copied."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SUDA_", "DATABASE_"))}
    mine = {**kept, "SUDA_DATA_DIR": str(tmp_path), "DATABASE_URL": "postgresql://city/suda"}
    monkeypatch.setattr(os, "environ", mine)
    monkeypatch.setattr(serve.demo, "reuse_learnt", lambda *_: False)
    return mine


def environment_of(demo: Demo) -> dict[str, str]:
    settings = demo.settings
    addresses = Addresses(settings.host, settings.port, "http://127.0.0.1:1")
    return environment(settings, "postgresql://demo/suda", addresses)


def test_wechat_is_switched_on_and_pointed_at_the_stand_in(env: dict[str, str]) -> None:
    demo = prepare("wechat", kind="subscription", mode="plain")
    assert demo.settings.channels == ("wechat",)
    assert f"{env['SUDA_WECHAT_API_URL']}/" == demo.phone_url
    assert (env["SUDA_CHANNELS"], env["SUDA_WECHAT_KIND"], env["SUDA_WECHAT_MODE"]) == (
        *("wechat", "subscription", "plain"),
    )
    assert re.fullmatch(r"wx[0-9a-z]{16}", env["SUDA_WECHAT_APPID"])
    assert re.fullmatch(r"[0-9A-Za-z]{43}", env["SUDA_WECHAT_AES_KEY"])


def test_the_stand_in_starts_first_and_no_secret_is_among_its_arguments(env: dict[str, str]) -> None:
    demo = prepare("wechat")
    children = environment_of(demo)
    addresses = Addresses(demo.settings.host, demo.settings.port, "http://127.0.0.1:1")
    stand_in, app, worker = demo.plan.front(children, addresses)
    assert (stand_in.name, app.name, worker.name) == ("platform", "app", "worker")
    said = " ".join(stand_in.command)
    assert f"--webhook {addresses.base}/channels/wechat" in said
    assert f"--port {urlsplit(demo.phone_url).port}" in said
    for name in ("SECRET", "TOKEN", "AES_KEY"):
        assert env[f"SUDA_WECHAT_{name}"] not in said
        assert stand_in.environment[f"SUDA_WECHAT_{name}"] == env[f"SUDA_WECHAT_{name}"]


def test_the_stand_in_takes_what_the_demo_gives_it(
    env: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.support.platforms.wechat import __main__ as program

    demo = prepare("wechat", mode="compatible")
    addresses = Addresses(demo.settings.host, demo.settings.port, "")
    command = list(demo.plan.front(environment_of(demo), addresses)[0].command)
    asked = program.arguments(command[command.index("--webhook") :])
    account = program.account_of(asked)
    assert (account.appid, account.secret, account.token, account.aes_key, account.mode) == tuple(
        env[f"SUDA_WECHAT_{name}"] for name in ("APPID", "SECRET", "TOKEN", "AES_KEY", "MODE")
    )
    assert env["SUDA_WECHAT_TEMPLATE_ID"] in account.templates


def test_telegram_is_switched_on_with_a_webhook_on_this_machine(env: dict[str, str]) -> None:
    demo = prepare("telegram")
    assert f"{env['SUDA_TELEGRAM_API_URL']}/" == demo.phone_url
    assert env["SUDA_TELEGRAM_PUBLIC_URL"] == f"http://127.0.0.1:{demo.settings.port}"
    assert re.fullmatch(r"\d+:[0-9A-Za-z]{35}", env["SUDA_TELEGRAM_TOKEN"])


def test_the_citys_database_and_folder_are_left_alone(env: dict[str, str], tmp_path: Path) -> None:
    demo = prepare("wechat")
    assert demo.settings.database_url is None
    assert environment_of(demo)["DATABASE_URL"] == "postgresql://demo/suda"
    assert demo.settings.data_dir == tmp_path
    del env["SUDA_DATA_DIR"]
    assert prepare("wechat").settings.data_dir == PROJECT / "var" / "demo" / "wechat"


def test_busy_ports_are_gone_around_but_one_that_was_asked_for_is_refused(env: dict[str, str]) -> None:
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        taken = busy.getsockname()[1]
        env["SUDA_PORT"] = str(taken)
        assert prepare("wechat").settings.port != taken
        with pytest.raises(ConfigError, match=r"--port \d+"):
            prepare("wechat", port=taken)


def test_an_installation_without_the_stand_ins_says_what_to_do(
    env: dict[str, str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(serve.demo, "STAND_INS", tmp_path / "tests")
    with pytest.raises(ConfigError, match="checkout"):
        prepare("wechat")
    assert "SUDA_CHANNELS" not in env


def test_what_was_learnt_is_copied_from_where_it_is_current(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    current: set[Path] = set()
    monkeypatch.setattr(serve.demo.training, "is_current", lambda folder: folder in current)
    old, new, target = tmp_path / "old", tmp_path / "new", tmp_path / "demo"
    assert not reuse_learnt([old, new], target)
    for source in (old, new):
        for folder in ("models", "cache", "secrets"):
            (source / folder).mkdir(parents=True)
            (source / folder / "file").write_text(source.name)
    assert reuse_learnt([old, new, target], target)
    assert (target / "models" / "file").read_text() == "old"
    assert not (target / "secrets").exists()
    assert not reuse_learnt([old, new], target)
    current.add(new)
    assert reuse_learnt([old, new], target)
    assert (target / "cache" / "file").read_text() == "new"
    current.add(target)
    assert not reuse_learnt([old, new], target)

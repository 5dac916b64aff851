"""The installation's secrets: made once, private, overridable, and wrong ones refused with a sentence."""

from __future__ import annotations

import base64
import stat
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.errors import ConfigError
from bot.settings import Settings
from bot.storage.secrets import api_key, cookie_secret, engine_secret, get_vault, load_or_create


def settings(folder: Path, **values: object) -> Settings:
    return Settings(_env_file=None, data_dir=folder, **values)  # type: ignore[arg-type, call-arg]


def test_secrets_are_made_once_and_private(tmp_path: Path) -> None:
    ours = settings(tmp_path)
    made = [engine_secret(ours), api_key(ours), cookie_secret(ours)]
    assert len(set(made)) == 3
    assert made == [engine_secret(ours), api_key(ours), cookie_secret(ours)]
    key, wrapped = get_vault(ours).new_key()
    assert get_vault(ours).unwrap(wrapped) == key
    for path in (tmp_path / "secrets").iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "secrets").stat().st_mode) == 0o700


def test_processes_that_start_together_agree(tmp_path: Path) -> None:
    path = tmp_path / "secrets" / "master_key"
    with ProcessPoolExecutor(4, mp_context=get_context("spawn")) as pool:
        assert len(set(pool.map(load_or_create, [path] * 8))) == 1
    assert [entry.name for entry in path.parent.iterdir()] == ["master_key"]


def test_the_settings_come_first(tmp_path: Path) -> None:
    assert engine_secret(settings(tmp_path, engine_secret=SecretStr("s" * 20))) == "s" * 20
    with pytest.raises(ConfigError, match="SUDA_API_KEY"):
        api_key(settings(tmp_path, api_key=SecretStr("short")))


def test_several_master_keys_open_what_is_older(tmp_path: Path) -> None:
    old, new = (base64.b64encode(letter * 32).decode() for letter in (b"a", b"b"))
    _, wrapped = get_vault(settings(tmp_path, master_key=SecretStr(old))).new_key()
    assert get_vault(settings(tmp_path, master_key=SecretStr(f"{new}, {old}"))).unwrap(wrapped)


@pytest.mark.parametrize("content", ["not base64 at all, really", base64.b64encode(b"x" * 16).decode()])
def test_a_malformed_master_key_is_named_not_shown(tmp_path: Path, content: str) -> None:
    with pytest.raises(ConfigError, match="32 bytes") as raised:
        get_vault(settings(tmp_path, master_key=SecretStr(content)))
    assert content not in str(raised.value)


def test_a_secret_others_can_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "secrets" / "api_key"
    load_or_create(path)
    path.chmod(0o640)
    with pytest.raises(ConfigError, match="chmod 600"):
        load_or_create(path)


@pytest.mark.parametrize("content", [b"", b"abc\n", b"\xff\xfe" * 20])
def test_a_damaged_file_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "api_key"
    path.touch(mode=0o600)
    path.write_bytes(content)
    with pytest.raises(ConfigError, match="api_key"):
        load_or_create(path)


def test_a_folder_in_the_way_is_named(tmp_path: Path) -> None:
    (tmp_path / "api_key").mkdir(mode=0o700)
    with pytest.raises(ConfigError, match="cannot be used"):
        load_or_create(tmp_path / "api_key")

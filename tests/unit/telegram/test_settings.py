"""The channel's settings: what is wrong is said in one sentence, and never with the secret itself."""

from __future__ import annotations

import pytest

from bot.errors import ConfigError
from bot.storage.sealing import Vault
from channels.telegram.settings import TelegramSettings, telegram_settings, webhook_secret

TOKEN = "123456:ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghi"


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in TelegramSettings.model_fields:
        monkeypatch.delenv(f"SUDA_TELEGRAM_{name.upper()}", raising=False)
    monkeypatch.setitem(TelegramSettings.model_config, "env_file", None)


@pytest.mark.parametrize("value", [None, ""])
def test_a_missing_token_says_what_to_do(monkeypatch: pytest.MonkeyPatch, value: str | None) -> None:
    if value is not None:
        monkeypatch.setenv("SUDA_TELEGRAM_TOKEN", value)
    with pytest.raises(ConfigError, match="BotFather"):
        telegram_settings()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TOKEN", "geheim-und-falsch"),
        ("SECRET", "密钥密钥密钥密钥密钥密钥密钥密钥"),
        ("SECRET", "geheim"),
        ("MODE", "pigeon"),
        ("API_URL", "ftp://x"),
        ("PUBLIC_URL", "suda.example.org"),
        ("RATE", "0"),
    ],
)
def test_a_wrong_value_is_named_and_not_shown(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv("SUDA_TELEGRAM_TOKEN", TOKEN)
    monkeypatch.setenv(f"SUDA_TELEGRAM_{name}", value)
    with pytest.raises(ConfigError, match=f"SUDA_TELEGRAM_{name}") as refused:
        telegram_settings()
    if name in ("TOKEN", "SECRET"):
        assert value not in str(refused.value)
        assert refused.value.__cause__ is None


def test_addresses_are_forgiving(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUDA_TELEGRAM_TOKEN", TOKEN)
    monkeypatch.setenv("SUDA_TELEGRAM_PUBLIC_URL", "https://suda.example.org/channels/telegram/")
    own = telegram_settings()
    assert own.webhook_url == "https://suda.example.org/channels/telegram"
    assert own.bot_id == "123456"
    assert own.uses_proxy
    assert TOKEN not in repr(own)


def test_a_derived_secret_is_the_same_everywhere_and_fit_for_telegram() -> None:
    own = TelegramSettings(token=TOKEN, _env_file=None)
    first, second = webhook_secret(own, Vault(b"k" * 32)), webhook_secret(own, Vault(b"k" * 32))
    assert first == second
    assert len(first) == 64
    assert first.isalnum()
    assert webhook_secret(own, Vault(b"x" * 32)) != first

"""The channel's own settings, from the environment or a ``.env`` file; every field is documented in ``docs/settings.md``."""

from __future__ import annotations

import ipaddress
import re
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.errors import ConfigError
from bot.settings import PROJECT
from bot.storage.sealing import Vault

PATH = "/channels/telegram"
"""Where Telegram brings updates."""

_TOKEN = re.compile(r"\d{1,20}:[A-Za-z0-9_-]{16,128}")
_SECRET = re.compile(r"[A-Za-z0-9_-]{16,256}")
_MISSING = (
    "SUDA_CHANNELS names telegram, but SUDA_TELEGRAM_TOKEN is not set: "
    "make a bot with @BotFather and set its token, see docs/channels/telegram.md."
)


class TelegramSettings(BaseSettings):
    """Names in the environment are ``SUDA_TELEGRAM_`` and the field's name in capitals."""

    model_config = SettingsConfigDict(
        env_prefix="SUDA_TELEGRAM_",
        env_file=PROJECT / ".env",
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
    )

    token: SecretStr | None = Field(None, description="The bot's token, from @BotFather.")
    secret: SecretStr | None = Field(
        None,
        description="What Telegram shows with each update, 16 to 256 of A-Z a-z 0-9 _ -. Unset: derived from the master key.",
    )
    mode: Literal["webhook", "polling"] = Field(
        "webhook",
        description="webhook: Telegram calls us; polling: we ask Telegram, for a machine without a public address.",
    )
    api_url: str = Field("https://api.telegram.org", description="The Bot API, or a stand-in of it.")
    public_url: str = Field(
        "",
        description="Our address as the internet sees it, https://…, without a path of the channel; set, the webhook is registered at each start.",
    )
    rate: float = Field(
        30.0,
        ge=0.1,
        le=1000,
        description="Messages a second that one worker process sends at most; Telegram allows a bot 30 in all.",
    )

    @field_validator("token")
    @classmethod
    def _is_token(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not value.get_secret_value():
            return None
        if value is not None and _TOKEN.fullmatch(value.get_secret_value()) is None:
            raise ValueError("a token of @BotFather is a number, a colon and 35 letters, digits, _ or -")
        return value

    @field_validator("secret")
    @classmethod
    def _is_secret(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not value.get_secret_value():
            return None
        if value is not None and _SECRET.fullmatch(value.get_secret_value()) is None:
            raise ValueError("it must be 16 to 256 of A-Z a-z 0-9 _ -, which is all that Telegram takes")
        return value

    @field_validator("api_url", "public_url")
    @classmethod
    def _is_url(cls, value: str) -> str:
        value = value.strip().rstrip("/").removesuffix(PATH)
        parts = urlsplit(value)
        if value and (parts.scheme not in ("http", "https") or not parts.hostname):
            raise ValueError("it must be an address such as https://suda.example.org")
        return value

    @property
    def bot_token(self) -> str:
        """The token; empty when there is none."""
        return "" if self.token is None else self.token.get_secret_value()

    @property
    def bot_id(self) -> str:
        """The bot's own id, which its token begins with."""
        return self.bot_token.partition(":")[0]

    @property
    def webhook_url(self) -> str:
        """Where Telegram is to bring updates; empty when we do not know our address."""
        return f"{self.public_url}{PATH}" if self.public_url else ""

    @property
    def uses_proxy(self) -> bool:
        """Whether ``HTTPS_PROXY`` and its like count: not for a stand-in on this machine."""
        return not _is_loopback(urlsplit(self.api_url).hostname or "")


def telegram_settings() -> TelegramSettings:
    """The channel's settings.

    Raises:
        ConfigError: One is wrong, or the token is missing.
    """
    try:
        settings = TelegramSettings()
    except ValidationError as error:
        problem = error.errors(include_url=False, include_input=False)[0]
        name = "_".join(str(part) for part in problem["loc"]).upper().removeprefix("SUDA_TELEGRAM_")
        raise ConfigError(
            f"The setting SUDA_TELEGRAM_{name} is wrong: {problem['msg']}. See docs/channels/telegram.md."
        ) from None  # the cause would show the value
    if settings.token is None:
        raise ConfigError(_MISSING)
    return settings


def webhook_secret(settings: TelegramSettings, vault: Vault) -> str:
    """What Telegram must show; the same in every process that has the same master key."""
    if settings.secret is not None:
        return settings.secret.get_secret_value()
    return vault.derive("telegram webhook secret").hex()


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"

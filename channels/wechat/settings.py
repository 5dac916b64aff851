"""Settings of the WeChat Official Account; docs/channels/wechat.md says where each stands in its console."""

from __future__ import annotations

import re
from typing import Literal

from pydantic import Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.errors import ConfigError
from bot.settings import PROJECT

AES_KEY = re.compile(r"[A-Za-z0-9]{43}")
TOKEN = re.compile(r"[A-Za-z0-9]{3,32}")


class WeChatSettings(BaseSettings):
    """All settings; names in the environment are ``SUDA_WECHAT_`` and the field's name in capitals."""

    model_config = SettingsConfigDict(
        env_prefix="SUDA_WECHAT_", env_file=PROJECT / ".env", extra="ignore", frozen=True
    )

    appid: str = Field("", description="AppID of the account, wx and 16 characters.")
    secret: SecretStr = Field(SecretStr(""), description="AppSecret of the account; 32 characters.")
    token: SecretStr = Field(
        SecretStr(""), description="Token of the server configuration; 3 to 32 letters and digits."
    )
    token_previous: SecretStr | None = Field(
        None, description="The token before a change, accepted as well until it is removed here."
    )
    aes_key: SecretStr | None = Field(
        None, description="EncodingAESKey; 43 letters and digits. Needed in compatible and safe mode."
    )
    aes_key_previous: SecretStr | None = Field(
        None, description="The EncodingAESKey before a change, accepted as well until it is removed here."
    )
    mode: Literal["plain", "compatible", "safe"] = Field(
        "safe", description="How messages are encrypted: plain, compatible or safe, as in the console."
    )
    kind: Literal["service", "subscription"] = Field(
        "service",
        description="service: a verified account with the customer-service interface; subscription: one without, which can only answer.",
    )
    api_url: str = Field("https://api.weixin.qq.com", description="Where the platform's interface is.")
    template_id: str = Field(
        "",
        description="Template for news of a case when nothing else may be sent; see docs/channels/wechat.md. Unset: such news wait.",
    )
    subscribe_template_id: str = Field(
        "", description="As the template, for accounts with subscription messages (订阅通知) instead."
    )

    @model_validator(mode="after")
    def _whole(self) -> WeChatSettings:
        if self.mode != "plain" and self.appid and self.aes_key is None:
            raise ValueError("SUDA_WECHAT_AES_KEY is missing: compatible and safe mode need it")
        for name, key in (("AES_KEY", self.aes_key), ("AES_KEY_PREVIOUS", self.aes_key_previous)):
            if key is not None and AES_KEY.fullmatch(key.get_secret_value()) is None:
                raise ValueError(f"SUDA_WECHAT_{name} must be 43 letters and digits")
        return self

    @classmethod
    def read(cls) -> WeChatSettings:
        """The settings of this process.

        Raises:
            ConfigError: One is wrong; says which, without its value.
        """
        try:
            return cls()
        except ValidationError as error:
            wrong = "; ".join(
                str(one["msg"]).removeprefix("Value error, ") for one in error.errors(include_input=False)
            )
            raise ConfigError(f"The channel wechat cannot be opened: {wrong}.") from None

    @property
    def tokens(self) -> tuple[str, ...]:
        """Tokens that sign, newest first."""
        return tuple(one.get_secret_value() for one in (self.token, self.token_previous) if one is not None)

    @property
    def aes_keys(self) -> tuple[str, ...]:
        """Keys that open messages, newest first; none in plain mode."""
        if self.mode == "plain":
            return ()
        return tuple(
            one.get_secret_value() for one in (self.aes_key, self.aes_key_previous) if one is not None
        )

    def require(self) -> None:
        """Check that what a connector cannot do without is there.

        Raises:
            ConfigError: Names what is missing.
        """
        missing = [
            f"SUDA_WECHAT_{name.upper()}"
            for name in ("appid", "secret", "token")
            if not (
                value.get_secret_value() if isinstance(value := getattr(self, name), SecretStr) else value
            )
        ]
        if missing:
            raise ConfigError(
                f"The channel wechat needs {', '.join(missing)}: docs/channels/wechat.md says where they stand."
            )
        if TOKEN.fullmatch(self.token.get_secret_value()) is None:
            raise ConfigError("SUDA_WECHAT_TOKEN must be 3 to 32 letters and digits, as in the console.")

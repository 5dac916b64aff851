"""Settings of hotline calls; docs/channels/voice.md says how they are used."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.errors import ConfigError
from bot.settings import PROJECT

CHANNELS = {"left": 0, "right": 1}


class VoiceSettings(BaseSettings):
    """All settings; names in the environment are ``SUDA_VOICE_`` and the field's name in capitals."""

    model_config = SettingsConfigDict(
        env_prefix="SUDA_VOICE_", env_file=PROJECT / ".env", extra="ignore", frozen=True
    )

    folder: Path | None = Field(
        None, description="Folder that recordings of calls are taken from. Unset: none is watched."
    )
    caller_channel: Literal["left", "right", "auto"] = Field(
        "auto",
        description="On which channel of a stereo recording the caller speaks: left, right, or auto (who greets as operators do is the operator).",
    )

    @property
    def caller_on(self) -> int | None:
        """The channel's number, or None where it is found out."""
        return CHANNELS.get(self.caller_channel)


def voice_settings() -> VoiceSettings:
    """The settings of this process.

    Raises:
        ConfigError: One of them is wrong.
    """
    try:
        return VoiceSettings()
    except ValidationError as error:
        wrong = error.errors()[0]
        raise ConfigError(f"SUDA_VOICE_{str(wrong['loc'][0]).upper()} is wrong: {wrong['msg']}.") from error

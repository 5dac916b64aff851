"""Settings of speech, ``SUDA_SPEECH_...``; documented in ``docs/settings.md``, a test compares the two."""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.errors import ConfigError
from bot.settings import PROJECT


class SpeechSettings(BaseSettings):
    """How recordings are heard."""

    model_config = SettingsConfigDict(
        env_prefix="SUDA_SPEECH_", env_file=PROJECT / ".env", extra="ignore", frozen=True
    )

    wanted: Literal["on", "off"] = Field(
        "on",
        validation_alias="SUDA_SPEECH",
        description="off: speech recognition is neither installed nor started, and nobody asks for it.",
    )
    engine: Literal["openai-whisper", "faster-whisper"] = Field(
        "openai-whisper", description="What hears: openai-whisper, or faster-whisper where it is installed."
    )
    model: str = Field(
        "small",
        description="Name of a model (tiny, base, small, medium, large-v3, turbo), which `suda up` or `suda speech fetch` fetches once, or the path of its weights.",
    )
    source: str | None = Field(
        None,
        description="Where a named model is fetched from instead of OpenAI's server: an address or a folder that holds `small.pt` and so on.",
    )
    threads: int = Field(1, ge=1, le=64, description="Processors that one recording may use.")
    beam: int = Field(
        10, ge=1, le=16, description="Alternatives that are followed; 1 is fastest, 10 makes fewer mistakes."
    )
    longest: float = Field(3600.0, gt=0, description="Seconds of the longest recording that is heard.")
    largest: int = Field(50_000_000, ge=1024, description="Bytes of the largest recording that is heard.")
    port: int = Field(
        0,
        ge=0,
        le=65535,
        description="Port on 127.0.0.1 of `suda speech serve`, for it and for the worker; 0: what `suda up` runs is asked, and `suda up` chooses one.",
    )

    @field_validator("wanted", mode="before")
    @classmethod
    def _in_any_letters(cls, value: object) -> object:
        return (value.strip().lower() or "on") if isinstance(value, str) else value


@lru_cache(maxsize=1)
def speech_settings() -> SpeechSettings:
    """The settings of this process, read once.

    Raises:
        ConfigError: One of them is wrong.
    """
    try:
        return SpeechSettings()
    except ValidationError as error:
        wrong = error.errors()[0]
        name = str(wrong["loc"][0]).upper()
        name = name if name == "SUDA_SPEECH" else f"SUDA_SPEECH_{name}"
        raise ConfigError(f"{name} is wrong: {wrong['msg']}.") from error

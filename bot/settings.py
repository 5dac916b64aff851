"""Settings of the whole system, from the environment or a ``.env`` file.

Every field is documented in ``docs/settings.md``; a test compares the two.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import Annotated

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

PROJECT = Path(__file__).resolve().parent.parent
"""The folder that holds ``domain.yml``, ``content/`` and ``nlu/``."""


class Settings(BaseSettings):
    """All settings; names in the environment are ``SUDA_`` and the field's name in capitals."""

    model_config = SettingsConfigDict(
        env_prefix="SUDA_", env_file=PROJECT / ".env", extra="ignore", frozen=True
    )

    host: str = Field("127.0.0.1", description="Address the web server listens on.")
    port: int = Field(8000, ge=1, le=65535, description="Port the web server listens on.")
    data_dir: Path = Field(
        PROJECT / "var", description="Folder for everything Suda writes: database, keys, caches, logs."
    )
    content_dir: Path = Field(
        PROJECT / "content",
        description="Folder of the city's content: knowledge, catalogue, gazetteer, calendar.",
    )
    database_url: SecretStr | None = Field(
        None,
        validation_alias="DATABASE_URL",
        description="PostgreSQL 15 or newer with pgvector. Unset: an embedded server starts under the data folder.",
    )
    database_pool: int = Field(8, ge=2, description="Connections SQLAlchemy may hold in one process.")
    master_key: SecretStr | None = Field(
        None,
        description="32 bytes in base64 that seal the citizens' keys. Unset: made at first start, kept in the data folder, mode 0600.",
    )
    channels: Annotated[tuple[str, ...], NoDecode] = Field(
        (),
        description="Channels beside the web page, with commas between: wechat, telegram, or a folder of your own under channels/.",
    )
    engine_secret: SecretStr | None = Field(
        None,
        description="Shared secret between app, worker and engine. Unset: made at first start, mode 0600.",
    )
    engine_url: str = Field(
        "http://127.0.0.1:5105", description="Where the engine listens; loopback unless you know why not."
    )
    actions_port: int = Field(
        0,
        ge=0,
        le=65535,
        description="Port on 127.0.0.1 of `suda actions`, for it, the engine and the web server's readiness; 0: the web server runs the actions. `suda up` chooses one.",
    )
    engine_timeout: float = Field(20.0, gt=0, description="Seconds one turn at the engine may take.")
    api_key: SecretStr | None = Field(
        None,
        description="Key of X-API-Key callers (tests, scripts, other systems). Unset: made at first start, mode 0600.",
    )
    reply_wait: float = Field(
        10.0, gt=0, description="Seconds a web request waits for the reply before it answers 202."
    )
    worker_concurrency: int = Field(16, ge=1, description="Citizens one worker talks with at the same time.")
    message_limit: int = Field(
        2000, ge=100, description="Characters of one message that are understood; the rest is kept, not read."
    )
    retention_days: int = Field(
        1095,
        ge=30,
        description="Days after which messages, replies and the dialogue engine's memory are deleted; cases are kept.",
    )
    attachments: str | None = Field(
        None,
        description="Where photos and files are kept, sealed: a folder, or s3://bucket/prefix. Unset: `attachments` in the data folder.",
    )
    attachments_endpoint: str | None = Field(
        None, description="Address of an S3-compatible store; unset: Amazon's own of the region."
    )
    attachments_key: SecretStr | None = Field(None, description="Access key of the S3 store.")
    attachments_secret: SecretStr | None = Field(None, description="Secret key of the S3 store.")
    attachments_region: str = Field("us-east-1", description="Region of the S3 store.")
    attachment_scan: str | None = Field(
        None,
        description="Command line that is given each file on its standard input: exit 0 clean, 1 refused, else scanned again later. Unset: nothing is scanned.",
    )
    recording_retention_days: int | None = Field(
        None,
        ge=1,
        description="Days after which voice notes and recordings of calls are deleted, also out of cases; the words stay. Unset: they are kept as long as other files.",
    )
    body_limit: int = Field(1_048_576, ge=1024, description="Bytes of the largest request body that is read.")
    worker_metrics_port: int = Field(
        0,
        ge=0,
        le=65535,
        description="Port on 127.0.0.1 where a separate worker process shows its metrics; 0: nowhere.",
    )
    log_level: str = Field(
        "INFO", pattern="^(DEBUG|INFO|WARNING|ERROR)$", description="DEBUG, INFO, WARNING or ERROR."
    )
    log_format: str = Field(
        "auto", pattern="^(auto|json|console)$", description="auto: console on a terminal, else JSON lines."
    )

    @field_validator("channels", mode="before")
    @classmethod
    def _names(cls, value: object) -> object:
        if isinstance(value, str):
            value = tuple(name.strip() for name in value.split(",") if name.strip())
        if isinstance(value, tuple | list) and not all(
            re.fullmatch(r"[a-z][a-z0-9_]*", name) for name in value
        ):
            raise ValueError("channel names are small letters with commas between, such as wechat,telegram")
        return value


@lru_cache(maxsize=1)
def get_settings() -> Settings:
    """The settings of this process, read once."""
    return Settings()

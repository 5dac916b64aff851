"""The demo of a channel: settings, a data folder and programs of its own around a stand-in of the platform."""

from __future__ import annotations

import os
import secrets
import shutil
import string
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from bot.errors import ConfigError
from bot.settings import PROJECT, Settings
from bot.speech.installed import is_wanted, lacking
from bot.speech.settings import speech_settings
from bot.speech.weights import weights_file
from serve.supervisor import training
from serve.supervisor.child import Program
from serve.supervisor.ports import is_free, other_port
from serve.supervisor.programs import Addresses, Plan

STAND_INS = PROJECT / "tests" / "support" / "platforms"
PHONE_PORT = 8090
HOST = "127.0.0.1"
_LETTERS = string.ascii_letters + string.digits


@dataclass(frozen=True, slots=True)
class Demo:
    """What ``suda demo`` runs.

    Attributes:
        settings: The demo's, in a folder of its own.
        plan: Suda's programs and the stand-in.
        phone_url: Where the phone page will be.
    """

    settings: Settings
    plan: Plan
    phone_url: str


class DemoPlan(Plan):
    """Suda's programs, with the stand-in before them.

    Args:
        settings: The settings.
        platform: Name of the stand-in.
        port: Where it listens.
    """

    def __init__(self, settings: Settings, platform: str, port: int) -> None:
        super().__init__(settings)
        self._platform = platform
        self._port = port

    def stand_in(self, env: dict[str, str], addresses: Addresses) -> Program:
        """The stand-in; it takes secrets from the environment, as the channel does."""
        command = [
            *(sys.executable, "-m", f"tests.support.platforms.{self._platform}"),
            *("--webhook", f"{addresses.base}/channels/{self._platform}"),
            *("--port", str(self._port)),
        ]
        if self._platform == "wechat":
            command += ["--template", f"{env['SUDA_WECHAT_TEMPLATE_ID']}=办理进展"]
            menu = self._settings.content_dir / "channels" / "wechat_menu.json"
            command += ["--menu", str(menu)] if menu.is_file() else []
        ready = f"http://{HOST}:{self._port}/phone/about"
        return Program("platform", command, env, PROJECT, ready_url=ready, grace=3.0)

    def front(self, env: dict[str, str], addresses: Addresses) -> list[Program]:
        """The stand-in, the web server, the worker."""
        return [self.stand_in(env, addresses), *super().front(env, addresses)]


def prepare(platform: str, *, port: int | None = None, kind: str = "service", mode: str = "safe") -> Demo:
    """Decide ports, folder and secrets, and put the channel's settings into this process's environment for its children.

    Args:
        platform: ``wechat`` or ``telegram``.
        port: Of the phone page; None takes :data:`PHONE_PORT` or the next free one.
        kind: Of the WeChat account.
        mode: How WeChat encrypts.

    Raises:
        ConfigError: There is no stand-in in this installation, or the port is taken.
    """
    if not (STAND_INS / platform).is_dir():
        raise ConfigError(
            f"suda demo needs the stand-ins under tests/, which an installed package does not have: "
            f"run it in a checkout of the project, as .venv/bin/suda demo {platform}."
        )
    settings = _settings(platform)
    phone_port = _phone_port(port)
    os.environ.update(_channel(platform, Addresses(settings.host, settings.port, ""), phone_port, kind, mode))
    os.environ.update(_ears())
    speech_settings.cache_clear()
    settings = settings.model_copy(update={"channels": (platform,)})
    reuse_learnt([PROJECT / "var", *sorted((PROJECT / "var" / "demo").glob("*"))], settings.data_dir)
    return Demo(settings, DemoPlan(settings, platform, phone_port), f"http://{HOST}:{phone_port}/")


def _settings(platform: str) -> Settings:
    """Suda's settings, but for a database and a folder of the demo's own, on ports that are free."""
    settings = Settings()
    changes: dict[str, object] = {"database_url": None}  # a city's database is no place for a demo
    if "data_dir" not in settings.model_fields_set:
        changes["data_dir"] = PROJECT / "var" / "demo" / platform
    if not is_free(settings.host, settings.port):
        changes["port"] = other_port(settings.host, settings.port)
    return settings.model_copy(update=changes)


def _phone_port(port: int | None) -> int:
    if port is None:
        return PHONE_PORT if is_free(HOST, PHONE_PORT) else other_port(HOST, PHONE_PORT)
    if not is_free(HOST, port):
        raise ConfigError(
            f"Port {port} is used by another program: choose another for the phone page, for example --port {other_port(HOST, port)}."
        )
    return port


def _channel(platform: str, addresses: Addresses, phone_port: int, kind: str, mode: str) -> dict[str, str]:
    """The channel's settings, with secrets of this run only."""
    api = f"http://{HOST}:{phone_port}"
    common = {"SUDA_CHANNELS": platform}
    if platform == "telegram":
        return common | {
            "SUDA_TELEGRAM_TOKEN": f"100012345:{_random(35)}",
            "SUDA_TELEGRAM_SECRET": _random(32),
            "SUDA_TELEGRAM_API_URL": api,
            "SUDA_TELEGRAM_MODE": "webhook",
            "SUDA_TELEGRAM_PUBLIC_URL": addresses.base,
        }
    return common | {
        "SUDA_WECHAT_APPID": "wxdec0de0000012345",
        "SUDA_WECHAT_SECRET": secrets.token_hex(16),
        "SUDA_WECHAT_TOKEN": _random(24),
        "SUDA_WECHAT_AES_KEY": _random(43),
        "SUDA_WECHAT_MODE": mode,
        "SUDA_WECHAT_KIND": kind,
        "SUDA_WECHAT_API_URL": api,
        "SUDA_WECHAT_TEMPLATE_ID": "demo-progress",
    }


def _ears() -> dict[str, str]:
    """A demo hears with what is there already: it fetches nothing, and has no model of its own."""
    speech = speech_settings()
    if not is_wanted() or lacking(speech, PROJECT / "var") is not None:
        return {"SUDA_SPEECH": "off"}
    if speech.engine != "openai-whisper":
        return {}
    return {"SUDA_SPEECH_MODEL": str(weights_file(speech.model, PROJECT / "var"))}


def _random(length: int) -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(length))


def reuse_learnt(sources: Iterable[Path], target: Path) -> bool:
    """Copy what Suda learnt in one of its other folders, so that a demo need not learn it again; tells whether it did."""
    there = (target / "models").is_dir()
    if there and training.is_current(target):
        return False
    known = [source for source in sources if source != target and (source / "models").is_dir()]
    # What is learnt besides the model is worth copying into an empty folder, current or not.
    source = next(
        (one for one in known if training.is_current(one)), None if there or not known else known[0]
    )
    if source is None:
        return False
    for learnt in ("models", "cache"):
        if (source / learnt).is_dir():
            shutil.copytree(source / learnt, target / learnt, dirs_exist_ok=True)
    return True

"""Every setting is documented, and nothing is documented that does not exist."""

import re
import subprocess

from bot.settings import PROJECT, Settings
from bot.speech.settings import SpeechSettings
from channels.telegram.settings import TelegramSettings
from channels.voice.settings import VoiceSettings
from channels.wechat.settings import WeChatSettings

CLASSES = [Settings, SpeechSettings, TelegramSettings, VoiceSettings, WeChatSettings]
DOCUMENT = PROJECT / "docs" / "settings.md"
SETUP = {"SUDA_PYTHON", "SUDA_ENGINE_PYTHON", "SUDA_UV", "SUDA_TEST_ALL", "SUDA_SPEECH_TORCH"}
INTERNAL = {
    "SUDA_ENGINE_DATABASE_URL",
    "SUDA_ENGINE_DATABASE_POOL",
    "SUDA_ENGINE_PATCHES",
    "SUDA_ACTIONS_URL",
    "SUDA_FAULT",
    "SUDA_FAULTS_ALLOWED",
}
"""What the supervisor tells the engine; nobody else sets them."""


def described():
    """Name in the environment and words of every setting."""
    for settings in CLASSES:
        prefix = settings.model_config["env_prefix"]
        for field, info in settings.model_fields.items():
            yield info.validation_alias or f"{prefix}{field.upper()}", info.description


def rows():
    found = {}
    for line in DOCUMENT.read_text(encoding="utf-8").splitlines():
        if match := re.match(r"\| `([A-Z0-9_]+)` \| (.*?) \| (.*) \|$", line):
            assert match[1] not in found, f"{match[1]} stands twice in {DOCUMENT.name}"
            found[match[1]] = (match[2], match[3])
    return found


def test_each_setting_has_its_row_with_its_own_words():
    documented = rows()
    for name, description in described():
        assert name in documented, f"{name} is missing in docs/settings.md"
        assert documented[name][1] == description, f"docs/settings.md words {name} differently from the code"


def test_no_row_without_a_setting():
    known = {name for name, _ in described()} | SETUP | INTERNAL
    assert set(rows()) <= known


def test_no_name_in_the_code_is_undocumented():
    listed = subprocess.run(
        ["git", "grep", "-hoE", r"\bSUDA_[A-Z][A-Z_]+\b", "--", "*.py", "*.sh", "*.yml", "Makefile", ".ci", "deploy", ":!tests"],
        cwd=PROJECT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    prefixes = {settings.model_config["env_prefix"] for settings in CLASSES}
    used = set(listed.stdout.split()) - {"SUDA_TEST_ALL"} - prefixes
    assert used <= set(rows()), f"not in docs/settings.md: {sorted(used - set(rows()))}"


def test_the_example_file_shows_only_settings():
    for line in (PROJECT / "deploy" / "env.example").read_text(encoding="utf-8").splitlines():
        if match := re.match(r"#?\s*([A-Z_]+)=", line):
            assert match[1] in rows()

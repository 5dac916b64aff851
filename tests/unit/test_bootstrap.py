"""The set-up on machines that differ: pip's settings reach uv, and what fails is said in one sentence."""

import subprocess

import pytest

from bot.settings import PROJECT
from serve.bootstrap import environments
from serve.bootstrap.environments import Stamp
from serve.bootstrap.pip_settings import parse, uv_environment
from serve.bootstrap.steps import explain

LISTED = """:env:.cert='/certs/from-environment.crt'
global.cert='/certs/from-file.crt'
global.extra-index-url='file:///one/simple\\nhttps://two.example/simple'
global.index-url='https://mirror.example/simple'
install.find-links='/wheels /more'
freeze.timeout='10'
"""


def test_pips_settings_reach_uv():
    given = uv_environment(parse(LISTED), {"PATH": "/bin"})
    assert given["UV_DEFAULT_INDEX"] == "https://mirror.example/simple"
    assert given["UV_INDEX"] == "file:///one/simple https://two.example/simple"
    assert given["UV_INDEX_STRATEGY"] == "unsafe-best-match"
    assert given["UV_FIND_LINKS"] == "/wheels,/more"
    assert given["SSL_CERT_FILE"] == "/certs/from-environment.crt"
    assert given["UV_HTTP_TIMEOUT"] == "120"


def test_pips_environment_counts_without_pip():
    given = uv_environment(
        {},
        {"PIP_INDEX_URL": "https://mirror.example/simple", "PIP_FIND_LINKS": "/wheels", "PIP_CERT": "/c.crt"},
    )
    assert given["UV_DEFAULT_INDEX"] == "https://mirror.example/simple"
    assert given["UV_FIND_LINKS"] == "/wheels"
    assert given["SSL_CERT_FILE"] == "/c.crt"


def test_what_uv_was_told_wins():
    given = uv_environment(
        parse(LISTED), {"UV_DEFAULT_INDEX": "https://own.example/simple", "UV_FIND_LINKS": "/own"}
    )
    assert given["UV_DEFAULT_INDEX"] == "https://own.example/simple"
    assert given["UV_FIND_LINKS"] == "/own"


def test_a_machine_without_any_setting_gets_none():
    assert not {name for name in uv_environment({}, {"PATH": "/bin"}) if name.startswith("UV_")} - {
        "UV_HTTP_TIMEOUT"
    }


@pytest.mark.parametrize(
    ("output", "sentence"),
    [
        (
            "error: Failed to fetch: `https://x`\n Caused by: tcp connect error",
            "a download did not come through",
        ),
        ("error: Failed to write\n Caused by: No space left on device (os error 28)", "the disk is full"),
        ("Hash mismatch for `rasa==3.6.21`", "a downloaded file is damaged"),
        ("error: Permission denied (os error 13)", "a file cannot be written"),
        ("something new\n\nlast words", "it said: last words"),
    ],
)
def test_what_tools_print_becomes_one_sentence(output, sentence):
    assert explain(output).startswith(sentence)
    assert "\n" not in explain(output)


def test_an_environment_is_made_again_when_its_lock_or_its_python_is_gone(tmp_path):
    stamp = Stamp(tmp_path)
    assert not stamp.is_any_of("a")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "python").symlink_to("/bin/true")
    stamp.set("a")
    assert stamp.is_any_of("b", "a")
    assert not stamp.is_any_of("b")
    (tmp_path / "bin" / "python").unlink()
    assert not stamp.is_any_of("a")


def test_an_environment_with_test_tools_is_good_for_running_too(monkeypatch, tmp_path):
    monkeypatch.setattr(environments, "APP", tmp_path)
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "python").symlink_to("/bin/true")
    (dev,) = environments._app_marks(dev=True)
    Stamp(tmp_path).set(dev)
    assert environments.app_is_current(dev=False)
    run = environments._app_marks(dev=False)[0]
    Stamp(tmp_path).set(run)
    assert not environments.app_is_current(dev=True)


def test_a_python_that_does_not_run_is_passed_over(tmp_path):
    broken = tmp_path / "python3.11"
    broken.write_text("#!/bin/sh\necho 'pyenv: version not installed' >&2\nexit 127\n")
    broken.chmod(0o755)
    found = subprocess.run(
        ["sh", PROJECT / "serve" / "bootstrap" / "find_python.sh"],
        env={"PATH": f"{tmp_path}:/usr/bin:/bin", "SUDA_PYTHON": str(broken), "HOME": str(tmp_path)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert str(tmp_path) not in found.stdout

"""uv reads none of pip's settings: pass on what this machine's pip was told, whatever it is."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping

FIRST_CERTIFICATES = ("SSL_CERT_FILE", "PIP_CERT", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")


def pip_settings(python: str, environment: Mapping[str, str]) -> dict[str, str]:
    """Settings of pip by name, its environment variables over its files; empty when this Python has no pip."""
    try:
        listed = subprocess.run(
            [python, "-m", "pip", "config", "list"],
            env=dict(environment),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        ).stdout
    except (OSError, subprocess.TimeoutExpired):
        listed = ""
    return parse(listed)


def parse(listed: str) -> dict[str, str]:
    """Read ``pip config list``: ``section.name='value'`` lines; the environment's (``:env:``) win, then ``install``'s."""
    ranks = {"global": 0, "install": 1, ":env:": 2}
    found: dict[str, tuple[int, str]] = {}
    for line in listed.splitlines():
        key, separator, value = line.partition("=")
        section, _, name = key.strip().rpartition(".")
        if not separator or section not in ranks:
            continue
        text = value.strip()
        if len(text) >= 2 and text[0] == text[-1] and text[0] in "'\"":
            text = text[1:-1]
        text = text.replace("\\n", " ").strip()
        if name not in found or ranks[section] >= found[name][0]:
            found[name] = (ranks[section], text)
    return {name: value for name, (_rank, value) in found.items()}


def uv_environment(pip: Mapping[str, str], environment: Mapping[str, str]) -> dict[str, str]:
    """The environment for uv: ours, and for what it does not say, pip's word."""
    given = dict(environment)
    wanted = {
        "UV_FIND_LINKS": ",".join(given.get("PIP_FIND_LINKS", pip.get("find-links", "")).split()),
        "UV_DEFAULT_INDEX": given.get("PIP_INDEX_URL", pip.get("index-url", "")),
        "UV_INDEX": given.get("PIP_EXTRA_INDEX_URL", pip.get("extra-index-url", "")),
        "UV_INSECURE_HOST": given.get("PIP_TRUSTED_HOST", pip.get("trusted-host", "")),
        "UV_NO_INDEX": given.get("PIP_NO_INDEX", pip.get("no-index", "")),
        "SSL_CERT_FILE": next(
            (given[name] for name in FIRST_CERTIFICATES if given.get(name)), pip.get("cert", "")
        ),
        "UV_HTTP_TIMEOUT": given.get(
            "PIP_DEFAULT_TIMEOUT", pip.get("timeout", pip.get("default-timeout", "120"))
        ),
    }
    if given.get("UV_INDEX_URL"):
        del wanted["UV_DEFAULT_INDEX"]
    if wanted["UV_INDEX"] and not given.get("UV_INDEX"):
        wanted["UV_INDEX_STRATEGY"] = (
            "unsafe-best-match"  # pip asks all its indexes; the lock files' hashes keep that safe
        )
    for name, value in wanted.items():
        if value and not given.get(name):
            given[name] = value
    return given

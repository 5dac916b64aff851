"""Personal data out of log records, at one place, whatever the field.

Three rules, each sufficient for what it is meant for:

* a field whose **name** says that it holds a person, an address, words or a secret loses its value;
* **Chinese** anywhere is masked: our own log messages are English (docs/architecture.md), so Chinese in a record comes from
  a citizen or from content, and no pattern finds every name and every way to describe a home;
* **patterns** find what is personal in any script: phones, identity numbers, e-mail addresses, openids, tokens, passwords in
  URLs, query strings.

What stays is what an operator needs to follow a turn: event names, codes, counts, durations, UUIDs and inbox ids.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

HIDDEN = "[hidden]"
"""What stands where a field's whole value was taken out."""

_DEEPEST = 6
_LONGEST = 2000
_MOST = 100

_PERSONAL_NAMES = re.compile(
    r"""(?xi)
    ^(?:.*[_.-])?(?:
        text|texts|message|messages|utterance|words|said|says|transcript|body|content|query|question|answer|description|details|
        name|nickname|username|user|first_name|last_name|full_name|sender|sender_id|contact|caller|citizen_name|
        phone|mobile|tel|telephone|number_called|id_number|id_card|idcard|identity|passport|
        email|mail|openid|unionid|open_id|chat_id|from_user|to_user|address|addresses|external_id|ip|client_ip|remote_addr|
        location_text|place|point|latitude|longitude|lat|lon|lng|
        args|params|parameters|payload|form|cookies?|headers?
    )$
    """
)
_SECRET_NAMES = re.compile(
    r"(?i)(secret|passw|token|api_?key|master_?key|authorization|credential|signature|cookie|private_?key)"
)
_KEYS_KEPT = frozenset({"logger", "level", "timestamp", "event", "exception", "frames", "type"})

_SAFE = r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}|\d{4}-\d\d-\d\d[T ][\d:.]+(?:Z|[+-]\d\d:\d\d)?"
_PATTERNS = re.compile(
    rf"""(?x)
    (?P<safe>{_SAFE})
  | (?P<chinese>[\u2e80-\u2fdf\u3005-\u3007\u31c0-\u31ef\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]
        (?:[\u2e80-\u2fdf\u3000-\u303f\u31c0-\u31ef\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff\w·]
           |[ ,.!?:;-](?=[\u3400-\u9fff]))*)
  | (?P<bearer>(?i:bearer|basic)\s+[\w.~+/=-]{{6,}})
  | (?P<userinfo>(?<=://)[^\s/@]+@)
  | (?P<query>(?<=[\w/])\?[\w.%-]+=[^\s"'>]*)
  | (?P<assigned>(?i:\b[\w-]*(?:secret|passw(?:or)?d|token|api_?key|signature|openid|unionid)[\w-]*["']?\s*[=:]\s*)["']?[^\s"',;)}}]+)
  | (?P<email>[\w.+-]+@[\w-]+(?:\.[\w-]+)+)
  | (?P<identity>(?<![0-9A-Za-z])\d{{6}}[ -]?(?:18|19|20)\d{{2}}[ -]?\d{{4}}[ -]?\d{{3}}[ -]?[\dXx](?![0-9A-Za-z])|(?<![0-9A-Za-z])(?:\d{{17}}[\dXx]|\d{{15}})(?![0-9A-Za-z]))
  | (?P<mobile>(?<!\d)(?:(?:\+|00)?86[ -]?)?1[ -]?[3-9](?:[ -]?\d){{9}}(?!\d))
  | (?P<landline>(?<!\d)[(]?0\d{{2,3}}[)]?[ -]?[2-8]\d{{6,7}}(?!\d))
  | (?P<digits>(?<![\w.])\d(?:[ -]?\d){{10,}}(?!\w))
  | (?P<local>(?<![\d.:-])(?!20\d{{2}}(?:0[1-9]|1[0-2])[0-3]\d(?!\d))[2-8]\d{{3}}[ -]?\d{{3,4}}(?![\d.]))
  | (?P<openid>(?<![\w-])o[\w-]{{27}}(?![\w-]))
  | (?P<token>(?<![\w+=-])(?=[\w+=-]*\d)(?=[\w+=-]*[A-Za-z])[\w+=-]{{32,}}(?![\w+=-]))
    """
)


def scrub(text: str) -> str:
    """The text with everything personal replaced by what kind of thing it was, such as ``[mobile]``.

    At most 2,000 characters are kept: a log is no place for more.
    """
    cut = len(text) > _LONGEST
    text = text[:_LONGEST]
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    elif text.isalpha() or len(text) < 6:
        return text
    text = _PATTERNS.sub(_mask, text)
    return f"{text}…" if cut else text


def _mask(found: re.Match[str]) -> str:
    kind = found.lastgroup or "hidden"
    if kind == "safe":
        return found[0]
    if kind == "chinese":
        return f"[zh {len(found[0])}]"
    if kind == "query":
        return "?[query]"
    if kind == "userinfo":
        return "[login]@"
    return f"[{kind}]"


def redact(value: Any, *, depth: int = 0) -> Any:
    """A copy of any value that may be written to a log; containers keep their shape, objects become scrubbed text."""
    scrubber = _BY_TYPE.get(type(value))
    if scrubber is not None:
        return scrubber(value)
    if depth >= _DEEPEST:
        return HIDDEN
    if isinstance(value, Mapping):
        return {
            str(redact(key)): redact_field(str(key), item, depth=depth + 1)
            for key, item in list(value.items())[:_MOST]
        }
    if isinstance(value, list | tuple | set | frozenset):
        return [redact(item, depth=depth + 1) for item in list(value)[:_MOST]]
    if isinstance(value, bytes | bytearray | memoryview):
        return f"[{len(value)} bytes]"
    if isinstance(value, str):
        return scrub(value)
    if isinstance(value, BaseException):
        return f"{type(value).__name__}: {scrub(str(value))}"
    return scrub(repr(value))


def redact_field(name: str, value: Any, *, depth: int = 0) -> Any:
    """The value of one named field, or :data:`HIDDEN` when the name says that it is personal or secret."""
    if value is None or isinstance(value, bool) or name in _KEYS_KEPT:
        return redact(value, depth=depth)
    if _SECRET_NAMES.search(name) or _PERSONAL_NAMES.match(name):
        return HIDDEN
    return redact(value, depth=depth)


def _scrub_number(value: int) -> int | str:
    """Small numbers are counts and ids; those long enough to be a phone are looked at as text."""
    if -1_000_000 < value < 1_000_000:
        return value
    masked = scrub(str(value))
    return value if masked == str(value) else masked


def _keep(value: Any) -> Any:
    return value


_BY_TYPE: dict[type, Callable[[Any], Any]] = {
    str: scrub,
    int: _scrub_number,
    bool: _keep,
    float: _keep,
    type(None): _keep,
    UUID: str,
    datetime: datetime.isoformat,
    date: date.isoformat,
    time: time.isoformat,
    timedelta: str,
}

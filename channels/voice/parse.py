"""What call centres send, read into calls and stretches of speech (pure)."""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import orjson

from bot.calls.model import NewCall, Segment, Speaker
from bot.clock import CITY
from channels.voice.refusal import Refused
from channels.voice.settings import CHANNELS

CALL_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:@+-]{0,127}")
_NUMBER = re.compile(r"\d{3,20}")
_NOT_DIALLED = re.compile(r"[\s()./-]")
_WITH_COUNTRY = re.compile(r"861[3-9]\d{9}", re.ASCII)
_PLUS_LOST = re.compile(r"(\d:\d\d(?:\.\d+)?) (\d\d:?\d\d)$", re.ASCII)
"""A zone whose ``+`` was read as a space, for so a query is read."""
LONGEST_TEXT = 4000
LONGEST_CALL = 24 * 3600.0
"""Seconds that a stretch may lie behind the beginning of its call."""
_SPEAKERS: dict[str, Speaker] = {
    "caller": "caller",
    "citizen": "caller",
    "customer": "caller",
    "user": "caller",
    "市民": "caller",
    "客户": "caller",
    "operator": "operator",
    "agent": "operator",
    "clerk": "operator",
    "话务员": "operator",
    "坐席": "operator",
    "unknown": "unknown",
}
_KEY = re.compile(r"[\x21-\x7e]{1,64}")


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a live stream.

    Attributes:
        type: What it is.
        call: The call it is of.
        segment: What was said, with ``segment``.
    """

    type: Literal["start", "segment", "end"]
    call: NewCall
    segment: Segment | None = None


def read_call(
    facts: Mapping[str, Any],
    *,
    source: Literal["recording", "live"],
    at: datetime,
    otherwise: str | None = None,
    caller_channel: int | None = None,
) -> NewCall:
    """A call from the fields that tell of it: ``call_id``, ``caller``, ``started_at``, ``caller_channel``; all but the first may be missing.

    A number that is none is a number that is not known: for that nothing is refused.

    Args:
        facts: The fields.
        source: How it comes.
        at: When it was told of: it began then when it does not say.
        otherwise: Its id when it has none.
        caller_channel: Of the installation, when it does not say.

    Raises:
        Refused: ``bad_call_id``, ``bad_started_at``, ``bad_caller_channel``.
    """
    call_id = facts.get("call_id") or otherwise
    if not isinstance(call_id, str) or CALL_ID.fullmatch(call_id) is None:
        raise Refused("bad_call_id")
    return NewCall(
        external_id=call_id,
        source=source,
        started_at=_moment(facts.get("started_at"), at),
        caller=_number(facts.get("caller")),
        caller_channel=_channel(facts.get("caller_channel"), caller_channel),
    )


def read_message(raw: str | bytes, *, at: datetime) -> Message:
    """A message of a live stream: ``{"type", "call_id", ...}``; a stretch is ``segment`` with ``final``, or ``partial``, or ``final``.

    Raises:
        Refused: With a code that names what is wrong.
    """
    try:
        body = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise Refused("bad_json") from error
    if not isinstance(body, dict):
        raise Refused("bad_json")
    call = read_call(body, source="live", at=at)
    kind = body.get("type", "segment" if "text" in body else None)
    if kind in ("start", "end"):
        return Message("start" if kind == "start" else "end", call)
    if kind not in ("segment", "partial", "final"):
        raise Refused("bad_type")
    final = kind == "final" or (kind == "segment" and _is_final(body))
    return Message("segment", call, _segment(body, final=final))


def id_of_content(content: bytes) -> str:
    """The id of a call of which only the recording is known: the same recording is the same call."""
    return f"sha256:{hashlib.sha256(content).hexdigest()[:32]}"


def _is_final(body: dict[str, Any]) -> bool:
    if "partial" in body:
        return body["partial"] is not True
    return body.get("final", True) is not False


def _segment(body: dict[str, Any], *, final: bool) -> Segment:
    start = _seconds(body.get("start"))
    end = _seconds(body.get("end", start))
    if end < start:
        raise Refused("bad_time")
    text = body.get("text")
    if not isinstance(text, str) or not text.strip() or len(text) > LONGEST_TEXT:
        raise Refused("bad_text")
    spoken = body.get("speaker", "unknown")
    speaker = _SPEAKERS.get(spoken.strip().lower()) if isinstance(spoken, str) else None
    if speaker is None:
        raise Refused("bad_speaker")
    named = body.get("segment_id")
    return Segment(
        key=_key(named) or f"{speaker}:{start:.2f}",
        speaker=speaker,
        start=start,
        until=end,
        text=text.encode("utf-8", "replace").decode().replace("\x00", ""),
        confidence=_confidence(body.get("confidence")),
        final=final,
    )


def _key(named: Any) -> str | None:
    """An engine's name of a stretch; a long one, or one in another script, by its hash. None where there is none."""
    if not isinstance(named, str | int) or named == "":
        return None
    name = str(named)
    if _KEY.fullmatch(name):
        return f"id:{name}"
    return f"hash:{hashlib.sha256(name.encode('utf-8', 'replace')).hexdigest()[:32]}"


def _seconds(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise Refused("bad_time")
    if not 0 <= value <= LONGEST_CALL:
        raise Refused("bad_time")
    return float(value)


def _confidence(value: Any) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise Refused("bad_confidence")
    return float(value)


def _moment(value: Any, at: datetime) -> datetime:
    if value in (None, ""):
        return at
    try:
        moment = datetime.fromisoformat(_PLUS_LOST.sub(r"\1+\2", value))
    except (TypeError, ValueError) as error:
        raise Refused("bad_started_at") from error
    if not 2000 <= moment.year < 9999:
        raise Refused("bad_started_at")
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=CITY)


def _number(value: Any) -> str | None:
    """A telephone number's digits, without the country's; None for what is none (withheld)."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        return None
    dialled = _NOT_DIALLED.sub("", value)
    digits = dialled.removeprefix("+86").removeprefix("0086").removeprefix("+")
    if _WITH_COUNTRY.fullmatch(digits):
        digits = digits[2:]
    return digits if digits.isascii() and _NUMBER.fullmatch(digits) else None


def _channel(value: Any, otherwise: int | None) -> int | None:
    if value in (None, ""):
        return otherwise
    if value == "auto":
        return None
    known = CHANNELS | {"0": 0, "1": 1}
    if str(value) not in known or isinstance(value, bool):
        raise Refused("bad_caller_channel")
    return known[str(value)]

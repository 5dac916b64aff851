"""What the platform sends to an account: messages and events as XML, with the fields that its documentation lists."""

from __future__ import annotations

import itertools
import re
import time
from dataclasses import dataclass, field
from typing import Literal

_ids = itertools.count(time.time_ns() // 1000)  # unique also after a restart, as accounts rely on it
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

UNSEEN = frozenset({"unsubscribe", "VIEW", "LOCATION", "TEMPLATESENDJOBFINISH", "subscribe_msg_popup_event"})
"""Events behind which nobody waits: a citizen is not told when they fail."""
NO_DEED = frozenset({"LOCATION", "TEMPLATESENDJOBFINISH"})
"""Events that are sent without the citizen's doing anything."""

Opens = Literal["message", "click", "subscribe", "scan"]

Value = str | int | float | list[tuple[str, "Value"]]
Fields = list[tuple[str, Value]]


def next_id() -> int:
    """A new MsgId."""
    return next(_ids)


@dataclass(slots=True)
class Message:
    """One message or event on its way to the account.

    Attributes:
        openid: Whose.
        kind: MsgType, or the Event's name.
        fields: Behind ToUserName, FromUserName and CreateTime, in order.
        text: In words, for people.
        msg_id: None for events.
        opens: What may be sent unasked after it.
        created: CreateTime.
        shown: Whether a passive reply to it was shown: that happens once.
    """

    openid: str
    kind: str
    fields: Fields
    text: str
    msg_id: int | None = None
    opens: Opens | None = None
    created: int = field(default_factory=lambda: int(time.time()))
    shown: bool = False

    @property
    def visible(self) -> bool:
        """Whether the citizen is told when the account fails."""
        return self.kind not in UNSEEN

    @property
    def is_event(self) -> bool:
        """Whether it is an event."""
        return self.msg_id is None

    def xml(self, original_id: str, encrypted: str | None = None) -> str:
        """The whole message; in compatible mode with its own encryption."""
        head: Fields = [
            ("ToUserName", original_id),
            ("FromUserName", self.openid),
            ("CreateTime", self.created),
        ]
        tail: Fields = [] if encrypted is None else [("Encrypt", encrypted)]
        return to_xml([*head, *self.fields, *tail])


def to_xml(fields: Fields) -> str:
    """``<xml>`` with the fields: numbers bare, texts in CDATA, lists nested."""
    return f"<xml>{_inner(fields)}</xml>"


def _inner(fields: Fields) -> str:
    return "".join(f"<{name}>{_value(value)}</{name}>" for name, value in fields)


def _value(value: Value) -> str:
    if isinstance(value, list):
        return _inner(value)
    if isinstance(value, int | float):
        return str(value)
    return (
        "<![CDATA["
        + _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", value).replace("]]>", "]]]]><![CDATA[>")
        + "]]>"
    )


def message(
    openid: str, kind: str, fields: Fields, text: str, msg_id: int | None = None, behind: Fields | None = None
) -> Message:
    """A message of a citizen; ``behind`` stands after MsgId."""
    number = next_id() if msg_id is None else msg_id
    every: Fields = [("MsgType", kind), *fields, ("MsgId", number), *(behind or [])]
    return Message(openid, kind, every, text, number, "message")


def event(openid: str, name: str, fields: Fields, text: str, opens: Opens | None = None) -> Message:
    """Something that happened."""
    return Message(openid, name, [("MsgType", "event"), ("Event", name), *fields], text, None, opens)

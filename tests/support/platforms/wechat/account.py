"""The account that the stand-in serves, and how long things last on the platform."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Mode = Literal["plain", "compatible", "safe"]
Kind = Literal["service", "subscription"]

APPID = "wx5cde0012345c17e5"
ORIGINAL_ID = "gh_5uda12345abc"
ALL_INTERFACES = frozenset({"custom", "template", "subscribe", "menu"})


@dataclass(frozen=True, slots=True)
class Template:
    """A message template that the account was given.

    Attributes:
        title: Its heading.
        fields: The keys its data must have.
        once: A subscription notice: each one needs the citizen's consent, once.
    """

    title: str
    fields: tuple[str, ...] = ()
    once: bool = False


@dataclass(frozen=True, slots=True)
class Account:
    """An Official Account with its server configuration.

    Attributes:
        webhook: Where the account's server listens.
        appid: The account's id.
        secret: AppSecret.
        token: Signs requests.
        aes_key: EncodingAESKey, 43 letters and digits.
        mode: How messages are sent: plain, both, or encrypted.
        kind: A verified service account has all interfaces; a subscription account that is not verified answers passively only.
        original_id: The account's name in messages.
        name: What citizens see.
        templates: By id.
    """

    webhook: str
    appid: str = APPID
    secret: str = field(default="0f" * 16, repr=False)
    token: str = field(default="tokenOfTheStandIn", repr=False)
    aes_key: str = field(default="abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG", repr=False)
    mode: Mode = "safe"
    kind: Kind = "service"
    original_id: str = ORIGINAL_ID
    name: str = "诉达"
    templates: Mapping[str, Template] = field(default_factory=dict)

    @property
    def interfaces(self) -> frozenset[str]:
        """The guarded interfaces that this account may call."""
        return ALL_INTERFACES if self.kind == "service" else frozenset()


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds (and counts) of the platform's rules; tests shorten them.

    Attributes:
        answer_within: Until a webhook's connection is cut.
        tries: Of one message in all.
        message_window: In which :attr:`message_budget` messages may follow a citizen's message.
        event_window: In which :attr:`event_budget` may follow a menu click, a follow or a scan.
        typing_after: How fresh a citizen's message must be for "is typing".
        typing: How long "is typing" is shown; meanwhile it cannot be shown again.
        token: An access token's life.
        token_early: Before its end, within which asking brings a new one.
        old_token: How long a replaced token stays good.
        forced_every: Between two forced refreshes; sooner brings the same token again.
        forced_a_day: Forced refreshes a day.
        media: How long a medium can be fetched.
    """

    answer_within: float = 5.0
    tries: int = 3
    message_window: float = 48 * 3600.0
    message_budget: int = 5
    event_window: float = 60.0
    event_budget: int = 3
    typing_after: float = 30.0
    typing: float = 15.0
    token: float = 7200.0
    token_early: float = 300.0
    old_token: float = 300.0
    forced_every: float = 30.0
    forced_a_day: int = 20
    media: float = 3 * 86400.0

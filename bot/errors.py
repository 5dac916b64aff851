"""The one tree of errors that Suda raises on purpose.

::

    SudaError
    ├── ConfigError            a setting, file or environment is wrong; says which and what to do
    ├── ContentError           a content file is wrong; says file, row and cure
    ├── StorageError           the database cannot be used
    ├── ChannelError           something between us and a medium
    │   ├── SignatureError     the sender is not who it says
    │   ├── DeliveryError      a reply did not reach the citizen
    │   │   ├── PlatformAway   the platform cannot be reached: nothing was sent, wait
    │   │   └── CannotTell     not before the citizen writes again; has the reason
    │   ├── MediaRefused       a photo, file or voice note that is not kept; has the reason
    │   └── RateLimited        too much, too fast
    ├── DialogueError          a turn could not be taken
    │   ├── EngineUnavailable  the engine did not answer: the turn may be tried again
    │   └── EngineRefused      the engine answered that the turn is wrong: trying again is no use
    ├── SpeechError            audio that cannot become text
    │   └── AudioRefused       a recording that is not listened to; has the reason
    ├── CaseError              a case does not allow what was asked
    │   ├── CaseNotFound
    │   └── InvalidTransition
    └── HandoverError          a handover to a person does not allow what was asked
        ├── HandoverNotFound
        ├── HandoverClosed     it has ended, or its citizen was forgotten
        └── HandoverNotHeld    this clerk has not taken it

Adapters translate foreign errors at one seam with ``raise ... from``. The text of an exception is for
operators: it carries no personal data and never reaches a citizen.
"""

from __future__ import annotations


class SudaError(Exception):
    """Anything Suda raises on purpose."""


class ConfigError(SudaError):
    """A setting, a file or the environment is wrong; the message says which and what to do."""


class ContentError(SudaError):
    """A content file is wrong; the message says file, row and cure."""


class StorageError(SudaError):
    """The database cannot be used."""


class ChannelError(SudaError):
    """Something between us and a medium went wrong."""


class SignatureError(ChannelError):
    """The sender is not who it says it is."""


class DeliveryError(ChannelError):
    """A reply did not reach the citizen.

    Attributes:
        final: Trying again is no use.
    """

    final = False


class PlatformAway(DeliveryError):  # noqa: N818
    """The platform cannot be reached or is busy: nothing was sent, and no reply is to blame."""


class CannotTell(DeliveryError):  # noqa: N818
    """The citizen cannot be told before they write again.

    Attributes:
        code: Why, in a word of ours: ``window_shut``, ``budget_spent``, ``blocked``, ``unsure`` (it may have arrived).
        count: How many replies that is about, from the first on, where several were sent as one.
    """

    def __init__(self, code: str, *, count: int = 1) -> None:
        super().__init__(f"The citizen cannot be told now: {code}.")
        self.code = code
        self.count = count


class MediaRefused(ChannelError):  # noqa: N818
    """A photo, file or voice note is not kept.

    Attributes:
        code: Why, in a word of ours: ``too_large``, ``gone``, ``bad_type``, ``broken``, ``unsafe``.
    """

    def __init__(self, code: str) -> None:
        super().__init__(f"A file was refused: {code}.")
        self.code = code


class RateLimited(ChannelError):  # noqa: N818 - the field's word, see docs/glossary.md
    """Too many messages in too short a time.

    Attributes:
        after: Seconds after which it may be tried again, where the platform says so.
    """

    def __init__(self, message: str, *, after: float | None = None) -> None:
        super().__init__(message)
        self.after = after


class DialogueError(SudaError):
    """A turn could not be taken."""


class EngineUnavailable(DialogueError):  # noqa: N818
    """The engine did not answer; the same turn may be tried again."""


class EngineRefused(DialogueError):  # noqa: N818
    """The engine answered that this turn is wrong; trying it again is no use."""


class SpeechError(SudaError):
    """Audio cannot become text."""


class AudioRefused(SpeechError):  # noqa: N818
    """A recording is not listened to, and trying it again is no use.

    Attributes:
        code: Why, in a word of ours: ``empty``, ``too_large``, ``not_audio``, ``broken``, ``truncated``, ``too_long``, ``too_many_channels``.
    """

    def __init__(self, code: str, why: str) -> None:
        super().__init__(why)
        self.code = code


class CaseError(SudaError):
    """A case does not allow what was asked of it."""


class CaseNotFound(CaseError):  # noqa: N818
    """There is no such case, or it is not this citizen's to see."""


class InvalidTransition(CaseError):  # noqa: N818
    """The lifecycle has no such step from the case's present state."""


class HandoverError(SudaError):
    """A handover to a person does not allow what was asked of it."""


class HandoverNotFound(HandoverError):  # noqa: N818
    """There is no such handover."""


class HandoverClosed(HandoverError):  # noqa: N818
    """The handover has ended, or its citizen was forgotten."""


class HandoverNotHeld(HandoverError):  # noqa: N818
    """Nobody, or another clerk, has taken the handover: take it first."""


class CallError(SudaError):
    """A hotline call does not allow what was asked of it."""


class CallNotFound(CallError):  # noqa: N818
    """There is no such call."""


class CallClosed(CallError):  # noqa: N818
    """The call was decided already, or its citizen was forgotten."""


class CallChanged(CallError):  # noqa: N818
    """More was said in the call than whoever decides has seen."""

"""The sign that Suda is at it (对方正在输入…), on platforms that have one."""

from __future__ import annotations

from typing import Protocol

from bot.intake.delivery import Recipient


class Progress(Protocol):
    """One channel's sign for a citizen who waits longer than usual.

    It takes nothing that a reply may need: no message of a budget, no place in a row. It may be cut off at any moment.
    """

    async def show(self, to: Recipient) -> float | None:
        """Show the sign.

        Returns:
            Seconds after which it has faded and is to be shown again; None: the platform shows it no longer for this
            message, although we may speak, so the citizen is told in words.

        Raises:
            ChannelError: It was not shown. After one that is final, or ``CannotTell`` other than ``unsure``, nobody tries again.
        """
        ...

"""What a citizen may ask of everything Suda keeps about them: bring it together, erase it, not keep it for ever.

A room of its own because it needs all the others (identity, cases, intake, handover), and none of them may need it:
cases and intake stand on identity, so identity itself cannot reach into them.
"""

from bot.custody.continuing import CallLink, LinkState, continue_call, look_at_link
from bot.custody.erasing import Erased, erase
from bot.custody.linking import use_link_code
from bot.custody.retention import expire

__all__ = [
    "CallLink",
    "Erased",
    "LinkState",
    "continue_call",
    "erase",
    "expire",
    "look_at_link",
    "use_link_code",
]

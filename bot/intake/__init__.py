"""One message in, replies out: inbox, turn, outbox."""

from bot.intake.accepting import Receipt, accept
from bot.intake.listener import Listener
from bot.intake.mailbox import Mailbox, Outgoing, StrangerError
from bot.intake.outgoing import Said, history, push, replies_of

__all__ = [
    "Listener",
    "Mailbox",
    "Outgoing",
    "Receipt",
    "Said",
    "StrangerError",
    "accept",
    "history",
    "push",
    "replies_of",
]

"""One message in, replies out: inbox, turn, outbox."""

from bot.intake.accepting import Receipt, accept
from bot.intake.holding import HandedOver
from bot.intake.listener import Listener
from bot.intake.mailbox import Mailbox, Outgoing, StrangerError
from bot.intake.outgoing import Said, history, push, replies_of
from bot.intake.reception import Reception

__all__ = [
    "HandedOver",
    "Listener",
    "Mailbox",
    "Outgoing",
    "Receipt",
    "Reception",
    "Said",
    "StrangerError",
    "accept",
    "history",
    "push",
    "replies_of",
]

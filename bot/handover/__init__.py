"""A conversation handed to a person and back (转人工): opening, queue, desk, and the desk's hours."""

from bot.handover.clerks import hand_back, note_reading, say_as_clerk, take_handover
from bot.handover.desk import DeskHours, desk_hours, load_desk_hours
from bot.handover.expiry import expire_handovers
from bot.handover.model import Handover, HandoverDetail, HandoverState, Line, Reason, Step, Waiting, Words
from bot.handover.opening import erase_handovers, open_handover, open_handover_of, withdraw_handover
from bot.handover.queue import read_handover, waiting_handovers

__all__ = [
    "DeskHours",
    "Handover",
    "HandoverDetail",
    "HandoverState",
    "Line",
    "Reason",
    "Step",
    "Waiting",
    "Words",
    "desk_hours",
    "erase_handovers",
    "expire_handovers",
    "hand_back",
    "load_desk_hours",
    "note_reading",
    "open_handover",
    "open_handover_of",
    "read_handover",
    "say_as_clerk",
    "take_handover",
    "waiting_handovers",
    "withdraw_handover",
]

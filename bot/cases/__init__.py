"""The case, its lifecycle and its append-only events."""

from bot.cases.alike import Alike, find_alike
from bot.cases.amending import Amended, amend_case
from bot.cases.clocks import Clocks, default_clocks, load_clocks
from bot.cases.draft import CaseDraft, FiledCase
from bot.cases.events import take_step, verify_case
from bot.cases.filing import file_case, find_filed
from bot.cases.keys import rewrap_case_keys
from bot.cases.lifecycle import CaseProgress, CaseState, Event, rebuild, steps_from
from bot.cases.numbers import (
    FoundNumber,
    find_number,
    new_number,
    parse_number,
    parse_tracking_code,
)
from bot.cases.reading import case_record, cases_of, export_cases, find_case, records_of
from bot.cases.record import CaseRecord
from bot.cases.speaking import add_words, withdraw
from bot.cases.views import CaseView, TimelineEntry

__all__ = [
    "Alike",
    "Amended",
    "CaseDraft",
    "CaseProgress",
    "CaseRecord",
    "CaseState",
    "CaseView",
    "Clocks",
    "Event",
    "FiledCase",
    "FoundNumber",
    "TimelineEntry",
    "add_words",
    "amend_case",
    "case_record",
    "cases_of",
    "default_clocks",
    "export_cases",
    "file_case",
    "find_alike",
    "find_case",
    "find_filed",
    "find_number",
    "load_clocks",
    "new_number",
    "parse_number",
    "parse_tracking_code",
    "rebuild",
    "records_of",
    "rewrap_case_keys",
    "steps_from",
    "take_step",
    "verify_case",
    "withdraw",
]

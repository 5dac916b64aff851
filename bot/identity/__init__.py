"""Who a citizen is: channel addresses, sealed, apart from everything else; one person on several channels; forgetting."""

from bot.identity.citizens import (
    CitizenRef,
    address_of,
    addresses_of,
    citizen_by_id,
    find_or_create,
    forget,
    rewrap_keys,
)
from bot.identity.erasure import cancel_erasure, erasure_ordered, order_erasure
from bot.identity.linking import LinkCode, LinkOutcome, new_link_code, parse_link_code
from bot.identity.merging import everyone_of, present_citizen

__all__ = [
    "CitizenRef",
    "LinkCode",
    "LinkOutcome",
    "address_of",
    "addresses_of",
    "cancel_erasure",
    "citizen_by_id",
    "erasure_ordered",
    "everyone_of",
    "find_or_create",
    "forget",
    "new_link_code",
    "order_erasure",
    "parse_link_code",
    "present_citizen",
    "rewrap_keys",
]

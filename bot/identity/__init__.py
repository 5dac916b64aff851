"""Who a citizen is: channel addresses, sealed, apart from everything else."""

from bot.identity.citizens import (
    CitizenRef,
    address_of,
    citizen_by_id,
    find_or_create,
    forget,
    rewrap_keys,
)

__all__ = ["CitizenRef", "address_of", "citizen_by_id", "find_or_create", "forget", "rewrap_keys"]

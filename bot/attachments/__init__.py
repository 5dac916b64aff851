"""Photos, files and voice notes: taken in by a worker, sealed, kept with the conversation and with the case."""

from bot.attachments.joining import attach, count_of_case
from bot.attachments.model import MOST, Attachment, Received
from bot.attachments.reading import attachment_of_case, attachments_of_case, content_of
from bot.attachments.removal import remove_attachments_of, remove_attachments_older
from bot.attachments.store import FileStore, StoreAway, open_store, store_of

__all__ = [
    "MOST",
    "Attachment",
    "FileStore",
    "Received",
    "StoreAway",
    "attach",
    "attachment_of_case",
    "attachments_of_case",
    "content_of",
    "count_of_case",
    "open_store",
    "remove_attachments_of",
    "remove_attachments_older",
    "store_of",
]

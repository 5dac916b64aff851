"""One message in, replies out: inbox, turn, outbox."""

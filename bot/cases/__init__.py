"""The case, its lifecycle and its append-only events."""

"""Text to kind, category, place, time, contact, urgency and issues."""

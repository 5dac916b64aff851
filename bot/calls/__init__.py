"""Hotline calls: what was said in them, by whom, and the drafts of cases that clerks decide on."""

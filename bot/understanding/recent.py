"""How much reading is remembered: one turn reads the same words for place, time and number several times."""

READ_BEFORE = 256
"""Texts a process remembers for each reader; they are forgotten in the order of their use, within seconds on a busy day."""

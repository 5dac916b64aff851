"""Hostile input against what reads the platforms' requests: ``make fuzz``."""

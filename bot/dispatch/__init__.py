"""Catalogue, units, and the decision who is responsible, with its evidence."""

"""Messaging platforms as small servers of our own, built from their documentation: what connectors are tested and shown against."""

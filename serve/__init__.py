"""Puts it together: command line, ASGI app, worker, supervisor. Imports all; nobody imports it."""

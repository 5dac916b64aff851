"""Whether a text from a file is a message at all: what a channel cleans on arrival is told as an error in a batch."""

from __future__ import annotations

LONGEST = 20_000
"""Characters of a message in a file; a channel reads no more either."""


def why_unreadable(text: str) -> str | None:
    """What is wrong with ``text`` and what to do, or None: empty, too long, NUL, half a character."""
    if not text.strip():
        return 'the field "text" is empty; fill it or delete the row'
    if len(text) > LONGEST:
        return f"the text has {len(text)} characters, at most {LONGEST} are read; split the row"
    if "\0" in text:
        return f"the text holds a NUL at character {text.index(chr(0)) + 1}; export the row again"
    for number, char in enumerate(text, 1):
        if "\ud800" <= char <= "\udfff":
            return f"the text holds half a character (U+{ord(char):04X}) at character {number}; export the row again"
    return None

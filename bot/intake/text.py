"""What may reach the engine: text without the characters that break tools, and not too much of it."""

from __future__ import annotations

import re

from bot.chinese import simplify

# C0 controls but tab, line feed and carriage return; DEL; lone surrogates. NUL truncates text in C libraries and is
# refused by PostgreSQL; a lone surrogate cannot be encoded at all.
_BREAKING = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def clean(text: str, limit: int) -> str:
    """The text as the engine may read it: at most ``limit`` characters, nothing that breaks tools, in simplified characters.

    What was typed stays in the inbox as it was typed. The number of characters is the same.
    Markup, slashes and instructions stay as they are: they are words, and nothing later executes them. Empty text stays
    empty: the dialogue has a sentence for it.
    """
    return simplify(_BREAKING.sub("", text)[:limit])

"""What people complain of, in the catalogue's words: no estate is named by it."""

from __future__ import annotations

import csv
import re
from functools import lru_cache

from bot.errors import ContentError
from bot.settings import get_settings

_HAN = re.compile(r"[一-龥]{2,}")


@lru_cache(maxsize=1)
def _pairs() -> frozenset[str]:
    """All pairs of neighbouring characters in the names and keywords of ``content/catalogue/categories.csv``."""
    file = get_settings().content_dir / "catalogue" / "categories.csv"
    try:
        with file.open(encoding="utf-8", newline="") as handle:
            texts = [f"{row['name']},{row['keywords']}" for row in csv.DictReader(handle)]
    except (OSError, KeyError) as error:
        raise ContentError(f"{file} cannot be read, or has no column {error}") from error
    words = [word for text in texts for word in _HAN.findall(text)]
    return frozenset(word[at : at + 2] for word in words for at in range(len(word) - 1))


def tells_matter(words: str) -> bool:
    """Whether ``words`` have two neighbouring characters of what complaints are about: 房产纠纷, 虚假宣传; 金地仰山 has none."""
    pairs = _pairs()
    return any(words[at : at + 2] in pairs for at in range(len(words) - 1))

"""What an anonymous case keeps of what was said."""

from __future__ import annotations

import orjson

from bot.cases import CaseDraft
from bot.cases.text import personal_text


def test_dates_stay_and_numbers_go() -> None:
    draft = CaseDraft(
        kind="举报",
        title="餐饮卫生",
        content="后厨很脏，我电话13900000001",
        channel="web",
        occurred={"text": "今天中午", "start": "2026-11-23T12:00:00+08:00", "end": "2026-11-23"},
        contact_phone="13900000001",
        anonymous=True,
    )
    kept = orjson.loads(personal_text(draft, None))
    assert kept["occurred"]["start"] == "2026-11-23T12:00:00+08:00"
    assert kept["occurred"]["end"] == "2026-11-23"
    assert "13900000001" not in str(kept)

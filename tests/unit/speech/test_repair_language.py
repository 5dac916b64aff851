"""How likely characters are in what citizens say."""

from __future__ import annotations

import numpy as np
import pytest

from bot.speech.repair.language import Domain


def test_what_was_said_often_is_likely_and_chances_are_chances() -> None:
    domain = Domain(["楼上漏水没人管", "楼下漏水没人管", "楼道漏水没人修"] * 4)
    usual = domain.logs(domain.encode("楼上漏水没人管"))
    odd = domain.logs(domain.encode("楼上漏睡没人管"))
    assert usual.sum() > odd.sum() + 5
    assert (usual <= 1e-6).all()
    history = domain.encode("上漏水")
    following = np.unique(domain.encode("楼上漏水没人管下道修\n"))
    key = int(history[0]) << 39 | int(history[1]) << 26 | int(history[2]) << 13
    assert float(np.exp(domain.chances(key | following)).sum()) == pytest.approx(1.0, abs=0.05)


def test_what_a_change_wins_is_what_the_whole_text_wins() -> None:
    domain = Domain(["楼上漏水没人管", "楼下漏水没人管", "楼道漏水没人修"] * 4)
    heard, meant = "楼上漏睡没人管", "楼上漏水没人管"
    codes = domain.encode(heard)
    logs = domain.logs(codes)
    won, _ = domain.gains(codes, logs, [(3, "水"), (2, "漏水")])
    whole = domain.logs(domain.encode(meant)).sum() - logs.sum()
    assert won == pytest.approx([whole, whole], abs=1e-4)


def test_common_strings_are_those_that_are_said_often() -> None:
    common = set(Domain(["楼上漏水"] * 4 + ["楼下停电"]).common())
    assert {"漏水", "上漏水"} <= common
    assert "停电" not in common

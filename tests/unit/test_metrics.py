"""Labels of metrics stay few and say nothing about a person."""

from prometheus_client import REGISTRY, generate_latest

from bot.observability import metrics


def shown():
    return generate_latest(REGISTRY).decode()


def test_what_is_not_in_the_lists_counts_as_other():
    metrics.turn_ended("13800138000", "朝阳区没暖气", replies=2)
    metrics.error_happened("cannot read 13800138000")
    metrics.case_filed("13800138000")
    with metrics.step("13800138000"):
        pass
    assert "13800138000" not in shown()
    assert "朝阳" not in shown()
    assert 'suda_turns_total{channel="other",outcome="other"}' in shown()


def test_error_codes_are_bounded():
    for number in range(500):
        metrics.error_happened(f"code_{number}")
    codes = [line for line in shown().splitlines() if line.startswith("suda_errors_total{")]
    assert len(codes) <= 101


def test_a_turn_is_counted_with_its_replies_and_time():
    before = REGISTRY.get_sample_value("suda_replies_total", {"channel": "web"}) or 0
    metrics.turn_ended("web", "answered", replies=3)
    assert REGISTRY.get_sample_value("suda_replies_total", {"channel": "web"}) == before + 3

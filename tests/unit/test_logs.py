"""What an operator reads in the logs never tells who wrote or what."""

import io
import json
import logging

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from bot.observability.logs import configure_logging, correlated
from bot.observability.redaction import redact, scrub

PERSONAL = {
    "mobile": "13800138000",
    "mobile spaced": "138 0013 8000",
    "mobile with country": "+86-138-0013-8000",
    "mobile full width": "１３８００１３８０００",
    "landline": "010-62345678",
    "local": "6234 5678",
    "identity": "11010519491231002X",
    "identity spaced": "110105 1949 1231 0021",
    "old identity": "110105491231002",
    "name": "欧阳建国",
    "openid": "oABC1234567890_defghijkLMN-p",
    "email": "someone.x@example.com",
    "words": "朝阳区望京街道和畅嘉园5号楼2单元1103没暖气",
    "token": "eyJhbGciOiJIUzI1NiJ9eyJzdWIiOiIxMjM0",
}
FIELDS = [
    "event",
    "text",
    "phone",
    "name",
    "openid",
    "anything",
    "count",
    "error",
    "x-y",
    "inbox_id",
    "nested.key",
    "path",
]


@pytest.fixture
def lines():
    stream = io.StringIO()
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    configure_logging(level="DEBUG", style="json", process="test", stream=stream)

    def read():
        return stream.getvalue()

    yield read
    root.handlers[:] = before
    root.setLevel(level)
    logging.captureWarnings(capture=False)
    structlog.reset_defaults()


def assert_hidden(log, secret):
    assert log
    for line in log.splitlines():
        json.loads(line)
    assert secret not in log
    assert json.dumps(secret)[1:-1] not in log


@pytest.mark.parametrize("kind", PERSONAL)
@pytest.mark.parametrize("field", FIELDS)
def test_personal_data_is_hidden_in_every_field(lines, kind, field):
    secret = PERSONAL[kind]
    log = structlog.get_logger("somewhere")
    if field == "event":
        log.warning(f"it was {secret} again")  # noqa: G004 - what a careless caller writes
    else:
        log.warning("it_happened", **{field: secret})
        log.warning("it_happened", **{field: f"before {secret}, after"})
        log.warning("it_happened", outer={"list": [{field: secret}, (secret,)], secret: 1})
    assert_hidden(lines(), secret)


@pytest.mark.parametrize("kind", PERSONAL)
def test_exceptions_tell_type_and_place_but_no_person(lines, kind):
    secret = PERSONAL[kind]

    def fails(said):
        local_copy = said * 2
        raise ValueError(f"cannot read {said}") from KeyError(local_copy)

    try:
        fails(secret)
    except ValueError:
        structlog.get_logger("somewhere").exception("it_failed")
        logging.getLogger("some.library").exception("failed on %s", secret)
    assert_hidden(lines(), secret)
    first, second = (json.loads(line) for line in lines().splitlines())
    assert first["exception"][0]["type"] == "builtins.ValueError"
    assert "fails" in first["exception"][0]["frames"][-1]
    assert second["exception"][1]["type"] == "builtins.KeyError"


@pytest.mark.parametrize("kind", PERSONAL)
def test_libraries_loggers_are_hidden_too(lines, kind):
    secret = PERSONAL[kind]
    logging.getLogger("some.library").warning(
        "got %s from %r", secret, {"k": secret}, extra={"whatever": secret}
    )
    logging.getLogger("uvicorn.access").info(
        '%s - "%s %s HTTP/%s" %d', "10.1.2.3:555", "GET", f"/channels/wechat?openid={secret}&x=1", "1.1", 200
    )
    assert_hidden(lines(), secret)
    assert "/channels/wechat?[query]" in lines()


def test_a_whole_number_that_is_a_phone_is_hidden_and_ids_stay(lines):
    structlog.get_logger().info("seen", total=13800138000, inbox_id=42, big=1234567, seconds=1.25)
    record = json.loads(lines())
    assert record["total"] == "[mobile]"
    assert (record["inbox_id"], record["big"], record["seconds"]) == (42, 1234567, 1.25)


def test_what_an_operator_needs_stays(lines):
    with correlated(request_id="0b0f8f6e-8a5c-4f0e-9a3e-1d2c3b4a5f60", inbox_id=7):
        structlog.get_logger("bot.intake").info("turn_taken", step="engine", code="engine_down", ms=12.5)
    record = json.loads(lines())
    assert record["event"] == "turn_taken"
    assert record["request_id"] == "0b0f8f6e-8a5c-4f0e-9a3e-1d2c3b4a5f60"
    assert (record["inbox_id"], record["step"], record["code"], record["process"]) == (
        7,
        "engine",
        "engine_down",
        "test",
    )
    assert record["logger"] == "bot.intake"
    assert record["timestamp"].endswith("Z")


def test_secrets_are_hidden_by_name_and_in_urls():
    masked = redact(
        {
            "engine_secret": "short",
            "Authorization": "Bearer abc.def",
            "url": "postgresql://suda:hunter22@db/suda",
            "note": "access_token=abc123 and api_key: zzz",
        }
    )
    assert not any(word in json.dumps(masked) for word in ("short", "abc", "hunter22", "zzz"))
    assert "@db/suda" in masked["url"]


@given(st.text(max_size=300))
def test_scrubbing_never_fails_and_leaves_no_mobile(said):
    masked = scrub(f"{said} 13912345678 {said}")
    assert "13912345678" not in masked
    assert scrub(masked) is not None

"""What every caller meets at the door: limits, headers, and errors that tell nothing they should not."""

import json

import httpx
import pytest
from fastapi import FastAPI, Request

from serve.edge import Edge


@pytest.fixture
def client():
    app = FastAPI()
    app.add_middleware(Edge, body_limit=1000)

    @app.post("/echo")
    async def echo(request: Request):
        return {"length": len(await request.body())}

    @app.get("/breaks/{number}")
    async def breaks(number: str):
        raise ValueError(f"cannot read 13800138000 {number}")

    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://suda.test")


async def test_a_body_over_the_limit_is_refused_by_its_length(client):
    answer = await client.post("/echo", content=b"x" * 1001)
    assert answer.status_code == 413
    assert answer.json()["error"]["code"] == "too_large"


async def test_a_body_that_hides_its_length_is_refused_while_it_grows(client):
    async def endless():
        for _ in range(100):
            yield b"x" * 100

    answer = await client.post("/echo", content=endless())
    assert answer.status_code == 413


async def test_a_body_within_the_limit_passes(client):
    assert (await client.post("/echo", content=b"x" * 1000)).json() == {"length": 1000}


async def test_a_broken_handler_tells_the_caller_nothing_of_the_error(client, caplog):
    answer = await client.get("/breaks/7")
    assert answer.status_code == 500
    assert answer.json() == {"error": {"code": "internal", "message": "系统出了点问题，请稍后再试。"}}
    assert "13800138000" not in answer.text


async def test_every_answer_carries_the_headers_and_an_id(client):
    for answer in (
        await client.post("/echo", content=b""),
        await client.get("/breaks/1"),
        await client.get("/none"),
    ):
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["x-frame-options"] == "DENY"
        assert "content-security-policy" in answer.headers
        assert len(answer.headers["x-request-id"]) == 16
        json.loads(answer.text)

"""``/readyz`` names the part that is not ready, also when asking it fails or hangs."""

import asyncio

import httpx
from fastapi import FastAPI

from console import readiness
from console.readiness import Part, Readiness, router


async def ask(checks):
    app = FastAPI()
    app.include_router(router)
    app.state.readiness = Readiness(checks)
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=app), base_url="http://suda.test"
    ) as client:
        return await client.get("/readyz")


async def well():
    return Part(ready=True)


async def ill():
    return Part(ready=False, detail="cannot be reached")


async def breaks():
    raise ConnectionError("postgresql://user:password@host refused 13800138000")


async def hangs():
    await asyncio.sleep(60)


async def test_all_well_is_200():
    answer = await ask({"database": well, "engine": well})
    assert answer.status_code == 200
    assert answer.json()["not_ready"] == []


async def test_each_part_that_is_not_ready_is_named(monkeypatch):
    monkeypatch.setattr(readiness, "CHECK_WITHIN", 0.05)
    answer = await ask({"database": breaks, "engine": ill, "worker": hangs, "knowledge": well})
    assert answer.status_code == 503
    assert answer.json()["not_ready"] == ["database", "engine", "worker"]
    assert answer.json()["parts"]["engine"]["detail"] == "cannot be reached"
    assert "password" not in answer.text
    assert "13800138000" not in answer.text

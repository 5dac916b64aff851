"""``/metrics`` in Prometheus' text format."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable

from fastapi import APIRouter, Request
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from starlette.responses import Response

Refresh = Callable[[], Awaitable[None]]
"""Brings gauges that nobody sets in passing (queue, processes) up to date; lives at ``app.state.refresh_metrics``."""

router = APIRouter(tags=["operations"])


@router.get("/metrics", summary="Numbers for Prometheus", response_class=Response)
async def metrics(request: Request) -> Response:
    """All numbers of this machine's processes; no personal data, labels from closed lists."""
    refresh: Refresh = request.app.state.refresh_metrics
    await refresh()
    registry: CollectorRegistry = REGISTRY
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)

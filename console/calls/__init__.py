"""The clerks' desk for hotline calls: drafts that were made of them, decided on plain pages."""

from fastapi import APIRouter

from console.calls import deciding, pages, recordings
from console.calls.desk import pages as desk_pages

router = APIRouter()
for part in (pages.router, deciding.router, recordings.router, desk_pages.assets()):
    router.include_router(part)

__all__ = ["router"]

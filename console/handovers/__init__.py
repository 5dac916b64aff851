"""The staff's desk: conversations that were handed to a person, as an API and as plain pages."""

from fastapi import APIRouter

from console.handovers import api, pages

router = APIRouter()
router.include_router(api.router)
router.include_router(pages.router)
router.include_router(pages.pages.assets())

__all__ = ["router"]

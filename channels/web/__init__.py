"""The web page: a chat in the browser, its JSON interface, and its stream.

The serving process puts a :class:`WebChannel` at ``app.state.web`` and includes :data:`router`.
"""

from fastapi import APIRouter

from channels.web.api import router as _api
from channels.web.channel import WebChannel
from channels.web.page import router as _page
from channels.web.port import Conversations, Line

router = APIRouter()
router.include_router(_api)
router.include_router(_page)

__all__ = ["Conversations", "Line", "WebChannel", "router"]

"""The one sentence a citizen hears that no clerk has written."""

from __future__ import annotations

from bot.messages import Reply

BOT_IS_BACK = Reply("这次人工服务到这里，接下来由我继续为您服务。还有什么事，直接说就行。")

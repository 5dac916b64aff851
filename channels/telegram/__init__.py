"""Telegram: webhook or long polling in, the Bot API out; docs/channels/telegram.md."""

import os

from channels.telegram.channel import connect
from channels.telegram.doctor import findings

# python-telegram-bot's way to choose its coming behaviour: durations as timedelta, without a warning for each of them.
os.environ.setdefault("PTB_TIMEDELTA", "true")

__all__ = ["connect", "findings"]

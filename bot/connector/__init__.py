"""What every channel to a messaging platform shares: what it is given, what it brings, tokens, replays, rendering.

A channel is a package ``channels/<name>`` with ``connect(host)``, named in the setting ``SUDA_CHANNELS``:
docs/channels/adding.md.
"""

from bot.connector.host import Connector, Host
from bot.connector.media import Fetched, Fetcher
from bot.connector.progress import Progress
from bot.connector.replays import ReplayGuard
from bot.connector.tokens import TokenKeeper

__all__ = ["Connector", "Fetched", "Fetcher", "Host", "Progress", "ReplayGuard", "TokenKeeper"]

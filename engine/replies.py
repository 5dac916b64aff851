"""What the bot says in one turn, collected as one object a message."""

from __future__ import annotations

from typing import Any, Dict, List

from rasa.core.channels.channel import OutputChannel


class CollectedReplies(OutputChannel):
    """Collects a turn's messages in the form of ``POST /webhooks/suda/turn``.

    Rasa's own collector splits one response with text and data in two; here a response stays one message.

    Args:
        channel: Name of the citizen's channel: responses may vary by it.
    """

    def __init__(self, channel: str) -> None:
        self._channel = channel
        self.messages: List[Dict[str, Any]] = []

    def name(self) -> str:  # type: ignore[override]
        """The citizen's channel, for Rasa's channel-specific responses."""
        return self._channel

    async def send_response(self, _recipient_id: str, message: Dict[str, Any]) -> None:
        """Keep one message: its text, its buttons and its data; a message with none of them is no message."""
        reply: Dict[str, Any] = {
            "text": message.get("text") or "",
            "buttons": [
                {"title": str(button["title"]), "payload": str(button.get("payload", button["title"]))}
                for button in [*(message.get("quick_replies") or ()), *(message.get("buttons") or ())]
            ],
        }
        for part in ("custom", "image", "attachment"):
            if message.get(part):
                reply[part] = message[part]
        if reply["text"] or len(reply) > 2:
            self.messages.append(reply)

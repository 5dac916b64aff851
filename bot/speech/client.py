"""The worker's way to the speech process."""

from __future__ import annotations

from typing import Any

import aiohttp
import structlog

from bot.errors import SpeechError
from bot.speech.transcript import Change, Segment, Transcript

_log = structlog.get_logger(__name__)


class SpeechClient:
    """Asks the speech process.

    Args:
        url: Where it listens, without a slash at the end.
        secret: The one that our processes share.
        http: For asking.
    """

    def __init__(self, url: str, secret: str, http: aiohttp.ClientSession) -> None:
        self._url = f"{url}/speech/transcribe"
        self._headers = {"Authorization": f"Bearer {secret}"}
        self._http = http

    async def transcribe(self, content: bytes, *, later: bool = False, patience: float = 120.0) -> Transcript:
        """What was said in a recording.

        Args:
            content: Its bytes.
            later: Nobody waits for it.
            patience: Seconds that it may take.

        Raises:
            SpeechError: The process is away or fails; it may be asked again.
        """
        try:
            async with self._http.post(
                self._url,
                params={"later": "true"} if later else {},
                data=content,
                headers=self._headers,
                timeout=aiohttp.ClientTimeout(total=patience, sock_connect=2.0),
            ) as answer:
                if answer.status != 200:
                    raise SpeechError(f"The speech process answered {answer.status}.")
                return read_transcript(await answer.json())
        except (aiohttp.ClientError, TimeoutError, OSError, KeyError, TypeError, ValueError) as error:
            raise SpeechError("The speech process does not answer.") from error


def read_transcript(found: dict[str, Any]) -> Transcript:
    """The transcript that :meth:`bot.speech.transcript.Transcript.as_json` wrote."""
    segments = tuple(
        Segment(
            float(one["start"]),
            float(one["end"]),
            str(one["text"]),
            float(one["confidence"]),
            int(one["channel"]),
            tuple(Change(**change) for change in one.get("changes", ())),
        )
        for one in found["segments"]
    )
    return Transcript(segments, float(found["audio_seconds"]), found["rejected"])

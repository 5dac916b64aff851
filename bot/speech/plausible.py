"""Whether what a model heard may have been said at all (pure)."""

from __future__ import annotations

import math
import re

from bot.speech.transcriber import PROMPT, Heard

WORST_LOGPROB = -1.0
MOST_NO_SPEECH = 0.6
MOST_COMPRESSION = 2.0
"""Beyond these the words are a guess; measured in ``docs/parts`` of the field, see docs/speech.md."""
FASTEST = 9.0
"""Characters of Chinese a second of speech; nobody says more."""

SLOWEST, _LONG = 0.7, 4.0
"""Characters of Chinese a second of speech, in speech of so many seconds: nobody says less, but a crowd is heard as less."""
_SHORT = 24
"""Characters up to which a text with one of these words is taken for one."""
_ECHO = 5
"""Characters of the prompt in one: who hears voices and no words says it again, whole or in part."""

_INVENTED = re.compile(
    r"话的句子|字幕|订阅|点赞|打赏|明镜|点点栏目|李宗盛|词曲|作词|作曲|谢谢观看|感谢观看|下期再见|中文字幕|amara",
    re.IGNORECASE,
)
"""What Whisper learnt from the ends of films and says into silence, and what becomes of the prompt in voices without words."""
_WORD = re.compile(r"\w")


def is_plausible(heard: Heard, voiced_seconds: float) -> bool:
    """Whether words may be passed on.

    Args:
        heard: What the model heard.
        voiced_seconds: How long somebody spoke.
    """
    words = _WORD.findall(heard.text)
    return (
        bool(words)
        and heard.logprob >= WORST_LOGPROB
        and not (heard.no_speech > MOST_NO_SPEECH and heard.logprob < WORST_LOGPROB / 2)
        and heard.compression <= MOST_COMPRESSION
        and len(words) <= FASTEST * voiced_seconds + 4
        and (voiced_seconds < _LONG or len(words) >= SLOWEST * voiced_seconds)
        and not is_invented(heard.text)
    )


def is_invented(text: str) -> bool:
    """Whether a short text is one of those that models say when nobody speaks, or a text has the prompt in it."""
    bare = "".join(_WORD.findall(text))
    prompt = "".join(_WORD.findall(PROMPT))
    return (
        (len(bare) <= _SHORT and _INVENTED.search(text) is not None)
        or bare in prompt
        or any(prompt[at : at + _ECHO] in bare for at in range(len(prompt) - _ECHO + 1))
    )


def confidence(heard: Heard) -> float:
    """0 to 1: the mean probability of a token."""
    return math.exp(min(0.0, heard.logprob))

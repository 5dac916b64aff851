"""Which of Whisper's tokens Chinese speech is written with, and what they stand for.

Of 51,865 tokens of base 19,000 are left: simplified characters, the bytes that rarer ones are made of, marks, and Latin up to four letters at once,
from which longer words can be put together. The others belong to ninety-eight languages. Traditional characters and digits are the same words
once more: as readings of their own they crowd out those that differ in what was said, and a number is heard as it is spoken (三百七十万, not 370万); where
digits are wanted `bot.speech.repair` writes them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

_CHINESE = re.compile(r"[\u00b7\u2010-\u203f\u3000-\u303f\u3400-\u9fff\uff00-\uffef]+")
_LONGEST_LATIN = 4
SECONDS_OF_A_TIME = 0.02
_LOOP, _SENTENCE = 16, 8
"""Tokens, of which a character has one to three."""
_MOST = 60
"""Percent of a sentence."""


class Vocabulary:
    """The tokens that are left, numbered anew: words first, then the end, then times, then what is only ever read.

    Args:
        tokenizer: ``whisper.tokenizer.Tokenizer`` for Chinese.

    Attributes:
        kept: Whisper's number of each.
        end: Number of the token that ends a reading; all before it are words.
        times: Number of the first time; they are `SECONDS_OF_A_TIME` apart.
        size: How many may be said; from here on stand those that are only read.
        no_speech: Number of the one that says that nobody speaks.
        begin: What stands before each reading.
        asked: Position in it after which Whisper tells the language, or that nobody speaks.
    """

    def __init__(self, tokenizer: Any, prompt: str) -> None:
        self._tokenizer = tokenizer
        never = {*tokenizer.non_speech_tokens}
        words = [token for token in range(tokenizer.eot) if token not in never and self._is_chinese(token)]
        times = list(range(tokenizer.timestamp_begin, tokenizer.encoding.n_vocab))
        read_only = list(range(tokenizer.eot + 1, tokenizer.timestamp_begin))
        before = [tokenizer.sot_prev, *tokenizer.encode(" " + prompt), *tokenizer.sot_sequence]
        said = {*words, tokenizer.eot, *times, *read_only}
        read_only += sorted({*before} - said)
        self.kept = [*words, tokenizer.eot, *times, *read_only]
        number = {token: at for at, token in enumerate(self.kept)}
        self.end, self.times = len(words), len(words) + 1
        self.size = self.times + len(times)
        self.no_speech = number[tokenizer.no_speech]
        self.begin = [number[token] for token in before]
        self.asked = before.index(tokenizer.sot)

    def text(self, tokens: Iterable[int]) -> str:
        """What a reading says, without its times."""
        return str(self._tokenizer.decode([self.kept[token] for token in tokens if token < self.end])).strip()

    def _is_chinese(self, token: int) -> bool:
        piece: bytes = self._tokenizer.encoding.decode_single_token_bytes(token)
        try:
            text = piece.decode()
        except UnicodeDecodeError:
            return True  # part of a character
        if any(map(str.isdigit, text)):
            return False
        if text.isascii():
            return len(text.strip()) <= _LONGEST_LATIN or not any(map(str.isalpha, text))
        return _CHINESE.fullmatch(text.strip()) is not None and _is_simplified(text)


def _is_simplified(text: str) -> bool:
    """Whether all characters are of GB 2312, the standard of simplified ones; those that it lacks are spelt with bytes."""
    try:
        "".join(character for character in text if character > "\u3400").encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


def repeats_itself(words: Sequence[int]) -> bool:
    """Whether a reading ends in the same words once more, which is how a model that has lost its way goes on (pure).

    Args:
        words: Its tokens so far, without times.

    Returns:
        True for what stands there the third time in `_LOOP` tokens ("好好好好" is said), and for most of a sentence of `_SENTENCE` tokens and more
        right behind itself: who says it twice has told it with the first.
    """
    total = len(words)
    for period in range(1, total):
        if words[-1] != words[-1 - period]:
            continue
        loop = max(3, -(-_LOOP // period)) * period - period
        again = max(_SENTENCE, -(-period * _MOST // 100))
        for length in (loop, again) if period >= _SENTENCE else (loop,):
            if (
                length + period <= total
                and words[total - length :] == words[total - length - period : -period]
            ):
                return True
    return False

"""The likeliest reading of a stretch: several are followed at once, as openai-whisper does, but none that repeats itself."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from bot.speech.fluency import fluency
from bot.speech.vocabulary import SECONDS_OF_A_TIME, Vocabulary, repeats_itself
from bot.speech.word_model import WordModel

_BEYOND = 0.2
"""Seconds that a last word may seem to end after its stretch."""
_LENGTH = 0.5
"""How much the length of a reading counts for it: 1 is the mean, 0 the sum."""
_FLUENCY = 0.3
"""How much its words count for a reading beside its sounds; from 0.2 to 0.5 the recordings tell little difference."""
_FIRST_TIME = 51
"""Times that may begin a reading: speech begins within a second of a stretch."""


@dataclass(frozen=True, slots=True)
class Found:
    """A reading.

    Attributes:
        text: What it says.
        logprob: Mean log probability of its tokens, times and end among them.
        no_speech: Probability that nobody speaks.
        tokens: How many it has.
        until: Seconds from the start of the stretch at which its last word ends; infinite where it does not tell.
    """

    text: str
    logprob: float
    no_speech: float
    tokens: int
    until: float


@dataclass(frozen=True, slots=True)
class _Rules:
    """What may be said in a stretch: times up to its end, and the end of a reading only behind a time."""

    times_end: int
    timed: bool


@dataclass(frozen=True, slots=True)
class _Reading:
    tokens: tuple[int, ...]
    logprob: float

    def worth(self, vocabulary: Vocabulary) -> float:
        """By what readings that have ended are compared: how they sound, and whether they are made of words.

        Of unlike length they are between the mean, for which the same sentence twice is the better one, and the sum, for which fewer words always are.
        """
        told = self.logprob + _FLUENCY * fluency(vocabulary.text(self.tokens))
        return told / math.pow(max(1, len(self.tokens)), _LENGTH)


def search(
    model: WordModel,
    vocabulary: Vocabulary,
    sound: Any,
    *,
    beam: int,
    longest: int,
    seconds: float,
    timed: bool = False,
) -> Found:
    """The likeliest reading.

    Args:
        model: Of the words.
        vocabulary: The same that the model was made with.
        sound: What the encoder made of the stretch.
        beam: How many readings are followed.
        longest: Tokens at most.
        seconds: Length of the stretch: a reading that goes on behind its end has lost its way.
        timed: It must tell when its last word ends. More of those that must are wrong.
    """
    readings = model.listen(sound)
    logits = readings.begin(vocabulary.begin)
    no_speech = float(logits[vocabulary.asked].softmax(-1)[vocabulary.no_speech])
    logits = logits[-1:, : vocabulary.size]
    last = min(vocabulary.size, vocabulary.times + 1 + int((seconds + _BEYOND) / SECONDS_OF_A_TIME))
    rules = _Rules(last, timed)
    open_, ended = [_Reading((), 0.0)], list[_Reading]()
    for left in range(longest, 0, -1):
        chosen = _continued(_scores(logits, open_, vocabulary, rules), open_, beam, vocabulary)
        ended += [reading for _, reading in chosen if reading.tokens[-1] == vocabulary.end]
        going = [one for one in chosen if one[1].tokens[-1] != vocabulary.end]
        sources, open_ = [source for source, _ in going], [reading for _, reading in going]
        if len(ended) >= beam or not open_ or left == 1:
            break
        logits = readings.go_on([reading.tokens[-1] for reading in open_], sources)
    best = max(ended or open_, key=lambda one: one.worth(vocabulary), default=_Reading((), -math.inf))
    count = max(1, len(best.tokens))
    return Found(
        vocabulary.text(best.tokens), best.logprob / count, no_speech, count, _until(best, vocabulary)
    )


def _until(reading: _Reading, vocabulary: Vocabulary) -> float:
    said = reading.tokens[:-1] if reading.tokens[-1:] == (vocabulary.end,) else reading.tokens
    if not said or said[-1] < vocabulary.times:
        return math.inf
    return (said[-1] - vocabulary.times) * SECONDS_OF_A_TIME


def _scores(logits: Any, readings: list[_Reading], vocabulary: Vocabulary, rules: _Rules) -> Any:
    """Log probabilities of the next token, shape (readings, vocabulary), by Whisper's rules for times: they come in pairs and do not decrease."""
    end, times = vocabulary.end, vocabulary.times
    logits[:, rules.times_end :] = -math.inf
    for row, reading in zip(logits, readings, strict=True):
        tokens = reading.tokens
        if not tokens:
            row[:times] = -math.inf
            row[times + _FIRST_TIME :] = -math.inf
            continue
        latest = max(tokens) if max(tokens) >= times else times - 1
        after_time = tokens[-1] >= times
        if after_time and (len(tokens) == 1 or tokens[-2] >= times):
            row[times:] = -math.inf
        elif after_time:
            row[:end] = -math.inf
            row[times:latest] = -math.inf
        else:
            row[times : latest + 1] = -math.inf
            if rules.timed:
                row[end] = -math.inf
    scores = logits.log_softmax(-1)
    any_time, best_word = scores[:, times:].logsumexp(-1), scores[:, :times].amax(-1)
    for number in (any_time > best_word).nonzero()[:, 0].tolist():
        scores[number, :times] = -math.inf
        scores[number] -= any_time[number]
    # One time each: else readings that differ in a hundredth of a second crowd out those that differ in words.
    likeliest, time = scores[:, times:].max(-1)
    scores[:, times:] = -math.inf
    scores[range(len(readings)), times + time] = likeliest
    return scores


def _continued(
    scores: Any, readings: list[_Reading], beam: int, vocabulary: Vocabulary
) -> list[tuple[int, _Reading]]:
    """The likeliest continuations with the number of what they continue: as many as are followed, and all ends that are likelier."""
    likeliest, tokens = scores.topk(beam + 1, -1)
    every = []
    for source, (row, ids) in enumerate(zip(likeliest.tolist(), tokens.tolist(), strict=True)):
        every += [
            (source, _Reading((*readings[source].tokens, token), readings[source].logprob + score))
            for score, token in zip(row, ids, strict=True)
            if score > -math.inf
        ]
    every.sort(key=lambda one: -one[1].logprob)
    chosen: list[tuple[int, _Reading]] = []
    going = 0
    for source, reading in every:
        if reading.tokens[-1] != vocabulary.end:
            if reading.tokens[-1] < vocabulary.end and repeats_itself(
                [token for token in reading.tokens if token < vocabulary.end]
            ):
                continue
            going += 1
        chosen.append((source, reading))
        if going == beam:
            break
    return chosen

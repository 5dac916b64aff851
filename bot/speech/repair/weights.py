"""How much each sign counts for or against a change of a word."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Weights:
    """What speaks for a change and against it, in logarithms of odds.

    Fitted by logistic regression on sentences of the catalogue's examples that were kept out of the model, with
    mishearings put in by sound, and on news text, in which every change is wrong.

    Attributes:
        doubt: A place is looked at where a character is less likely than this (natural logarithm).
        stranger: A text whose mean character is less likely than this is not a citizen's case: nothing is changed.
        needed: The least odds of a change; set by hand, by recordings and typed text.
        base: Odds before anything is known.
        gain: For each unit of likelihood that the change wins in the domain.
        gain_each: The same for each changed character.
        plain: For what the change loses in Chinese at large.
        merged: For each syllable that is only alike as dialects merge them.
        rough: For each syllable that is only roughly alike.
        changed: For each changed character.
        familiar: For how likely the rest of the text is as a citizen's case.
        word: When what was heard is part of a known word.
        lowest: For the likelihood of the least likely character that was heard.
        mean: For the mean likelihood of what was meant.
        listed: When the change completes a word of three or more characters that the city lists; set by hand.
        rarer: For how much rarer in Chinese at large the changed characters are than what was meant, since a recogniser
            writes what is common (natural logarithm, at most 4 each); set by hand.
        named: When what was heard stands like a proper name, behind 街道 or before 园; set by hand.
    """

    doubt: float = -7.0
    stranger: float = -6.6
    needed: float = 0.4
    base: float = -0.23
    gain: float = 0.135
    gain_each: float = 0.397
    plain: float = 0.263
    merged: float = -1.211
    rough: float = -1.674
    changed: float = 1.715
    familiar: float = 1.098
    word: float = -2.238
    lowest: float = 0.259
    mean: float = -0.174
    listed: float = 2.2
    rarer: float = -0.3
    named: float = -1.5

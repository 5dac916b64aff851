"""What one utterance did to a draft: the value that reading gives and the form answers."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from actions.complaint.draft import Draft, Question


@dataclass(frozen=True, slots=True)
class Reading:
    """What one utterance did to a draft.

    Attributes:
        draft: The draft after it.
        settled: The fields it filled or changed, by question.
        corrected: It replaced something said before.
        added: It added to the matter.
        confirmed: The citizen confirmed the read-back.
        rejected: The citizen said something is wrong without saying what.
        problem: Why an answer could not be used, in the citizen's language, such as 号码少一位.
    """

    draft: Draft
    settled: frozenset[Question] = field(default_factory=frozenset)
    corrected: bool = False
    added: bool = False
    confirmed: bool = False
    rejected: bool = False
    problem: str = ""

    @property
    def anything(self) -> bool:
        """Whether the utterance was of any use to the form."""
        return bool(
            self.settled or self.corrected or self.added or self.confirmed or self.rejected or self.problem
        )


def with_matter(reading: Reading, text: str) -> Reading:
    """The reading with the words kept as part of the matter, too."""
    draft = reading.draft
    if any(text in part for part in draft.matter):
        return reading
    return replace(reading, draft=replace(draft, matter=(*draft.matter, text)))

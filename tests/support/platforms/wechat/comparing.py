"""What citizens should have seen against what they saw: lost, doubled, not asked for, out of order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Differences:
    """How two lists of texts differ.

    Attributes:
        lost: Expected and not seen (as often as it is missing).
        doubled: Expected and seen more often.
        strange: Seen and not expected.
        in_order: Whether those that were both expected and seen came in the expected order, each taken once.
    """

    lost: tuple[str, ...]
    doubled: tuple[str, ...]
    strange: tuple[str, ...]
    in_order: bool

    @property
    def none(self) -> bool:
        """Whether everything came once and in order."""
        return not (self.lost or self.doubled or self.strange) and self.in_order

    def __str__(self) -> str:
        parts = [
            f"{name}: {list(texts)}"
            for name, texts in (("lost", self.lost), ("doubled", self.doubled), ("strange", self.strange))
            if texts
        ]
        return "; ".join(parts + ([] if self.in_order else ["out of order"])) or "none"


def differences(expected: Sequence[str], seen: Sequence[str]) -> Differences:
    """Compare what should have been seen with what was."""
    wanted, got = Counter(expected), Counter(seen)
    doubled = Counter({text: got[text] - wanted[text] for text in wanted if got[text] > wanted[text]})
    return Differences(
        lost=tuple((wanted - got).elements()),
        doubled=tuple(doubled.elements()),
        strange=tuple((got - wanted - doubled).elements()),
        in_order=_once_each(seen, wanted) == _once_each(expected, got),
    )


def _once_each(texts: Sequence[str], others: Counter[str]) -> list[str]:
    """The texts that the others have too, each as often as both have it, in order of first appearance."""
    left = Counter(texts) & others
    kept = []
    for text in texts:
        if left[text] > 0:
            left[text] -= 1
            kept.append(text)
    return kept


def assert_seen(expected: Sequence[str], seen: Sequence[str]) -> None:
    """Nothing lost, doubled, strange or out of order.

    Raises:
        AssertionError: Says what.
    """
    found = differences(expected, seen)
    if not found.none:
        raise AssertionError(str(found))

"""Whether the confidence means what it says, and which categories are taken for which."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.understanding.evaluation.rows import Row
from bot.understanding.model import Understanding

BINS = 10
WORST = 15
"""Categories that the confusion lists."""


@dataclass(frozen=True, slots=True)
class Bin:
    """Messages of like confidence: how many, how sure on average, how often right."""

    rows: int
    confidence: float
    accuracy: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """Confidence against truth.

    Attributes:
        error: Expected calibration error: the mean distance between both, by the weight of the bins; 0 is honest.
        bins: The occupied ones of ten equal bins, from unsure to sure.
    """

    error: float
    bins: tuple[Bin, ...]

    def as_json(self) -> dict[str, Any]:
        """The object ``calibration`` of ``suda evaluate understanding``."""
        return {
            "error": round(self.error, 4),
            "bins": [
                {
                    "rows": one.rows,
                    "confidence": round(one.confidence, 4),
                    "accuracy": round(one.accuracy, 4),
                }
                for one in self.bins
            ],
        }


def calibrate(rows: Sequence[Row], found: Sequence[Understanding]) -> Calibration:
    """The calibration of the category's confidence."""
    confidence = np.array([one.confidence or 0.0 for one in found])
    right = np.array([one.category == row["category"] for row, one in zip(rows, found, strict=True)], float)
    return calibration_of(confidence, right)


def calibration_of(confidence: NDArray[np.floating], right: NDArray[np.floating]) -> Calibration:
    """The calibration of confidences ``(n,)`` whose answers were right (1) or not (0)."""
    number = np.minimum((confidence * BINS).astype(int), BINS - 1)
    bins, error = [], 0.0
    for which in range(BINS):
        inside = number == which
        if inside.any():
            sure, true = float(confidence[inside].mean()), float(right[inside].mean())
            error += abs(sure - true) * float(inside.mean())
            bins.append(Bin(int(inside.sum()), sure, true))
    return Calibration(error, tuple(bins))


def worst_categories(rows: Sequence[Row], found: Sequence[Understanding]) -> list[dict[str, Any]]:
    """The categories most often missed, with what they were taken for: code -> times, the most frequent first."""
    taken: dict[str, Counter[str]] = defaultdict(Counter)
    seen: Counter[str] = Counter()
    for row, one in zip(rows, found, strict=True):
        seen[row["category"]] += 1
        if one.category != row["category"]:
            taken[row["category"]][one.category or "none"] += 1
    ranked = sorted(taken.items(), key=lambda item: (-item[1].total(), item[0]))[:WORST]
    return [
        {
            "category": code,
            "rows": seen[code],
            "missed": others.total(),
            "taken_for": dict(others.most_common()),
        }
        for code, others in ranked
    ]

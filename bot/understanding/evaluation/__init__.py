"""How well understanding works on labelled complaints, field by field, with honest intervals."""

from bot.understanding.evaluation.calibration import Calibration, calibrate, worst_categories
from bot.understanding.evaluation.fields import Field, Figure, measure
from bot.understanding.evaluation.heldout import Heldout, Timing, understand_held_out
from bot.understanding.evaluation.rows import read_rows

__all__ = [
    "Calibration",
    "Field",
    "Figure",
    "Heldout",
    "Timing",
    "calibrate",
    "measure",
    "read_rows",
    "understand_held_out",
    "worst_categories",
]

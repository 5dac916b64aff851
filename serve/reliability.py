"""The reliability plot: confidence against how often it was right, as a picture."""

from __future__ import annotations

from pathlib import Path

from bot.errors import ConfigError
from bot.understanding.evaluation.calibration import BINS, Calibration


def draw_reliability(calibration: Calibration, path: Path) -> None:
    """Write the plot as PNG.

    Raises:
        ConfigError: The drawing library is not installed, or the file cannot be written.
    """
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ImportError as error:
        raise ConfigError("Plots need matplotlib: run `make setup`, or leave --plot out.") from error
    figure = Figure(figsize=(5, 5.4), dpi=120, layout="constrained")
    FigureCanvasAgg(figure)
    above, below = figure.subplots(2, 1, height_ratios=(4, 1), sharex=True)
    above.plot([0, 1], [0, 1], color="0.6", linestyle="--", linewidth=1, label="honest")
    sure = [one.confidence for one in calibration.bins]
    above.plot(
        sure, [one.accuracy for one in calibration.bins], marker="o", color="#0b6bcb", label="measured"
    )
    above.set(xlim=(0, 1), ylim=(0, 1), ylabel="right", title=f"calibration error {calibration.error:.3f}")
    above.legend(loc="upper left", frameon=False)
    above.grid(alpha=0.3)
    below.bar(sure, [one.rows for one in calibration.bins], width=0.6 / BINS, color="#0b6bcb")
    below.set(xlabel="confidence", ylabel="messages")
    try:
        figure.savefig(path, format="png")
    except OSError as error:
        raise ConfigError(f"The plot cannot be written to {path}: {error.strerror}.") from error

"""Draws how a detector trades what it must hear for what it must not."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Sweep:
    """One setting over a range, and what came of it."""

    title: str
    across: str
    """The setting and its unit."""
    values: list[float]
    lines: dict[str, list[float]]
    """Label -> share of the recordings at every value, 0 to 1."""
    chosen: float
    """The value that the detector ships with."""


def draw(sweep: Sweep, path: Path) -> None:
    """Write the picture as a PNG."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(9, 5), layout="constrained")
    for label, shares in sweep.lines.items():
        axes.plot(sweep.values, [100 * share for share in shares], marker=".", label=label)
    axes.axvline(sweep.chosen, color="black", linestyle=":", label=f"default, {sweep.chosen:g}")
    axes.set(title=sweep.title, xlabel=sweep.across, ylabel="%", ylim=(-2, 102))
    axes.grid(alpha=0.3)
    axes.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
    figure.savefig(path, dpi=120)

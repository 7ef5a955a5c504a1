"""Draws how a detector trades what it must hear for what it must not."""

from collections.abc import Mapping
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
    """Label -> share at every value, 0 to 1, of what should be high."""
    wrong: dict[str, list[float]]
    """The same of what should be low."""
    chosen: float
    """The value that the detector ships with."""


def shares(
    tallies: Mapping[float, Mapping[tuple[str, str], int]], name: str, what: str
) -> list[float]:
    """How many of those there are this, for every value; tallies[value][name, what] counts them."""
    return [tally[name, what] / max(1, tally[name, "there"]) for tally in tallies.values()]


def draw(sweep: Sweep, path: Path) -> None:
    """Write the picture as a PNG."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(9, 5), layout="constrained")
    for lines, style in ((sweep.lines, "-"), (sweep.wrong, "--")):
        for label, shares in lines.items():
            percent = [100 * share for share in shares]
            axes.plot(sweep.values, percent, marker=".", linestyle=style, label=label)
    axes.axvline(sweep.chosen, color="black", linestyle=":", label=f"default, {sweep.chosen:g}")
    axes.set(title=sweep.title, xlabel=sweep.across, ylabel="%", ylim=(-2, 102))
    axes.grid(alpha=0.3)
    axes.legend(loc="center left", bbox_to_anchor=(1.0, 0.5), title="dashed: should be low")
    figure.savefig(path, dpi=120)

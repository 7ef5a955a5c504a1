"""Draws DET curves: what is missed over what is taken wrongly, for every threshold."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parents[2] / "docs" / "images"
LEAST: Final = 0.003
"""Miss rate that counts as none, on an axis that has no 0."""
Curve = tuple[list[float], list[float]]
"""False alarms an hour, and the share that is missed there."""


def draw(drawn: Mapping[str, Curve], folder: Path = FOLDER) -> list[Path]:
    """Write one picture for any phrase and one for the banned ones."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, across in (("any", "per phrase and hour"), ("banned", "an hour, all together")):
        mine = {key: one for key, one in drawn.items() if (name == "banned") == ("banned" in key)}
        figure, axes = pyplot.subplots(figsize=(7, 4.5), layout="constrained")
        for label, (rates, missed) in mine.items():
            axes.loglog(rates, [max(LEAST, share) for share in missed], label=label)
        axes.set(xlabel=f"false alarms {across}", ylabel="miss rate", ylim=(LEAST, 1))
        axes.grid(alpha=0.3, which="both")
        axes.legend(loc="lower left", fontsize="small")
        path = folder / f"det-{name}.png"
        figure.savefig(path, dpi=100)
        pyplot.close(figure)
        written.append(path)
    return written

"""Draws what a detector's central setting trades: ``scripts/evaluate --sweep DETECTOR``.

Everything is heard once; then the detector listens to it with one value after the other. Half 0 is
what settings are chosen on, half 1 (other sentences, readers, voices, recordings) what is reported.
"""

import argparse
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Final

from lab.evaluation.plot import draw


@dataclass(frozen=True, slots=True)
class Known:
    """Where a sweep is, and what can be asked of it."""

    module: str
    """It has a ``sweep(audio, half, most, seed)``."""
    most: int = 0
    """Sentences, turns or calls that are made unless told; 0: all recordings are heard."""
    halves: bool = True
    """Whether its recordings are parted into those to choose on and those to report."""


SWEEPS: Final = {
    "drawl": Known("drawls", 40),
    "eating": Known("chewing"),
    "interruption": Known("interruptions", 50),
    "intonation": Known("contours", 30),
    "neighbours": Known("desks", 12),
    "pace": Known("paces", 20),
    "quiet": Known("silences", 30),
    "shouting": Known("effort", halves=False),
}
"""By detector."""


def main(audio: Path, arguments: list[str]) -> None:
    """Draw one picture and print its path."""
    parser = argparse.ArgumentParser("scripts/evaluate --sweep", description=__doc__)
    parser.add_argument("detector", choices=SWEEPS)
    parser.add_argument("--half", type=int, choices=(0, 1), help="0 is for tuning (default: 1)")
    parser.add_argument("--most", type=int, help="sentences, turns or calls that are made")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--png", type=Path, help="where to (default: DETECTOR.png here)")
    chosen = parser.parse_args(arguments)
    known = SWEEPS[chosen.detector]
    if chosen.most is not None and not known.most:
        parser.error(f"{chosen.detector} is drawn from all recordings; leave --most away")
    if chosen.most is not None and chosen.most < 1:
        parser.error("--most must be at least 1")
    if chosen.half is not None and not known.halves:
        parser.error(f"{chosen.detector} has no halves; leave --half away")
    sweep = import_module(f"lab.evaluation.{known.module}").sweep
    path = chosen.png or Path.cwd() / f"{chosen.detector}.png"
    half = 1 if chosen.half is None else chosen.half
    draw(sweep(audio, half, chosen.most or known.most, chosen.seed), path)
    print(path)

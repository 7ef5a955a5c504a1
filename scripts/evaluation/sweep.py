"""Draws what a detector's central setting trades: ``scripts/evaluate --sweep DETECTOR``.

Everything is heard once; then the detector listens to it with one value after the other. Half 0 is
what settings are chosen on, half 1 (other sentences, readers, voices, recordings) what is reported.
"""

import argparse
from importlib import import_module
from pathlib import Path
from typing import Final

from evaluation.plot import draw

SWEEPS: Final = {
    "drawl": ("drawls", 40),
    "eating": ("bites", 1),
    "interruption": ("interruptions", 50),
    "intonation": ("contours", 30),
    "neighbours": ("desks", 12),
    "pace": ("paces", 20),
    "quiet": ("silences", 30),
    "shouting": ("effort", 1),
}
"""Detector -> module with a ``sweep(audio, half, most, seed)``, and how many it needs at least."""


def main(audio: Path, arguments: list[str]) -> None:
    """Draw one picture and print its path."""
    parser = argparse.ArgumentParser("scripts/evaluate --sweep", description=__doc__)
    parser.add_argument("detector", choices=SWEEPS)
    parser.add_argument("--half", type=int, choices=(0, 1), default=1, help="0 is for tuning")
    parser.add_argument(
        "--most",
        type=int,
        help="sentences, turns or calls that are made, unless all recordings are heard",
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--png", type=Path, help="where to (default: DETECTOR.png here)")
    known = parser.parse_args(arguments)
    module, most = SWEEPS[known.detector]
    sweep = import_module(f"evaluation.{module}").sweep
    path = known.png or Path.cwd() / f"{known.detector}.png"
    draw(sweep(audio, known.half, known.most or most, known.seed), path)
    print(path)

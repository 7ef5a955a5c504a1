"""Makes the background speech that ``deskcue phrases add`` tries a phrase on: posteriors alone.

Ordinary talk by synthetic voices, and, by speakers that the model learnt from, talk joined of
syllables and read sentences. Writes ``firmware_py/tuning/background.npz``; run it anew with every
model.
"""

import argparse
import itertools
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.progress import track
from training import texts, voices

from evaluation import sayings
from evaluation.sayings import Saying
from evaluation.sounds import READERS
from firmware_py.hearing.spotter import load_spotter
from firmware_py.tuning import background


def _talk(hours: float) -> Iterator[Saying]:
    names = voices.variants()[3::5]
    return sayings.for_hours(sayings.in_turn(texts.ordinary(41), names), hours)


def main(audio: Path, rest: list[str]) -> None:
    """Hear it and write it."""
    parser = argparse.ArgumentParser(prog="scripts/evaluate background", description=__doc__)
    parser.add_argument("--hours", type=float, default=0.6, help="of synthetic talk")
    parser.add_argument("--out", type=Path, default=background.BUNDLED)
    chosen = parser.parse_args(rest)
    console = Console()
    spotter = load_spotter()
    said = itertools.chain(
        _talk(chosen.hours),
        sayings.joined_talk(audio, chosen.hours, 45),
        sayings.recorded(audio, READERS[:1], 21),
    )
    rows = [
        background.steps_of(sayings.posteriors(one, spotter))
        for one in track(said, "hearing", console=console)
    ]
    made = background.Background(
        np.concatenate(rows), np.cumsum([len(row) for row in rows]), spotter.sha256
    )
    background.save(chosen.out, made)
    console.print(f"{made.hours:.2f} h, {chosen.out.stat().st_size / 1e3:.0f} kB: {chosen.out}")

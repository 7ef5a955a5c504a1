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

from firmware_py.hearing.phone_model import load_phone_model
from firmware_py.tuning import background
from lab.evaluation import utterances
from lab.evaluation.sounds import READERS
from lab.evaluation.utterances import Utterance
from lab.training import texts, voices


def _talk(hours: float) -> Iterator[Utterance]:
    names = voices.variants()[3::5]
    return utterances.for_hours(utterances.in_turn(texts.ordinary(41), names), hours)


def main(audio: Path, rest: list[str]) -> None:
    """Hear it and write it."""
    parser = argparse.ArgumentParser(prog="scripts/evaluate background", description=__doc__)
    parser.add_argument("--hours", type=float, default=0.6, help="of synthetic talk")
    parser.add_argument("--out", type=Path, default=background.BUNDLED)
    chosen = parser.parse_args(rest)
    console = Console()
    phone_model = load_phone_model()
    said = itertools.chain(
        _talk(chosen.hours),
        utterances.joined_talk(audio, chosen.hours, 45),
        utterances.recorded(audio, READERS[:1], 21),
    )
    rows = [
        background.steps_of(utterances.posteriors(one, phone_model))
        for one in track(said, "hearing", console=console)
    ]
    made = background.Background(
        np.concatenate(rows), np.cumsum([len(row) for row in rows]), phone_model.sha256
    )
    background.save(chosen.out, made)
    console.print(f"{made.hours:.2f} h, {chosen.out.stat().st_size / 1e3:.0f} kB: {chosen.out}")

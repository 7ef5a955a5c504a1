"""Makes the background that ``deskcue phrases add`` tries a phrase on: posteriors alone.

Talk by people and voices that the model learnt from, made strange so that the model is as unsure of
them as of others, and every kind of sound that is no speech, at three levels.
Nothing of who or what measures is in it. Writes ``firmware_py/tuning/background.npz``; run it anew
with every model.
"""

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np
from rich.console import Console

from firmware_py.hearing.model_file import find_model
from firmware_py.hearing.phone_model import load_phone_model
from firmware_py.tuning import background
from firmware_py.tuning.background import TALK
from lab.evaluation.conditions import LEVELS
from lab.evaluation.heard import Heard, hear

TALKS: Final = (("crowd_train", "strange"), ("ssb0139", "strange"))
NOISE: Final = "noise_train"
NOISE_SHARE: Final = 6
"""Of the sounds, one in so many is kept at each level, another one each time."""


def _parts(audio: Path, model: Path) -> Iterator[tuple[Heard, int, int, str]]:
    """Give what is kept: a set, the first of its clips, every how many, and its kind."""
    for name, condition in TALKS:
        yield hear(audio, name, condition, model), 0, 1, TALK
    for turn, condition in enumerate(LEVELS):
        yield hear(audio, NOISE, condition, model), turn % NOISE_SHARE, NOISE_SHARE, ""


def main(audio: Path, rest: list[str]) -> None:
    """Hear it and write it."""
    parser = argparse.ArgumentParser(prog="scripts/evaluate background", description=__doc__)
    parser.add_argument("--model", type=Path, default=find_model())
    parser.add_argument("--out", type=Path, default=background.BUNDLED)
    args = parser.parse_args(rest)
    rows, kinds = [], []
    for heard, first, every, kind in _parts(audio, args.model):
        for number in range(first, len(heard.clips), every):
            rows.append(background.steps_of(heard.rows(number)))
            kinds.append(kind or heard.clips[number].kind)
    made = background.Background(
        np.concatenate(rows),
        np.cumsum([len(row) for row in rows]),
        load_phone_model(args.model).sha256,
        tuple(kinds),
    )
    background.save(args.out, made)
    Console().print(f"{made.hours:.2f} h, {args.out.stat().st_size / 1e3:.0f} kB: {args.out}")

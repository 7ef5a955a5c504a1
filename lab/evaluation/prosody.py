"""Measures how the agent's way of speaking is heard: ``scripts/evaluate prosody [--only NAME]``.

Settings were chosen on s0150 and on synthetic voices that the phone model learnt from; what is
reported is s0252 and the voices that it never heard.
"""

import argparse
from collections.abc import Iterator
from pathlib import Path

from firmware_py.hearing.phone_model import load_phone_model
from lab.evaluation import contours, drawls, paces, pitches, silences
from lab.evaluation.sounds import READERS
from lab.results import Measured

MEASURES = {
    "pitch": pitches.measure,
    "pace": paces.measure,
    "drawl": drawls.measure,
    "intonation": contours.measure,
    "quiet": silences.measure,
}
HEARD_BY_A_MODEL = ("pace", "drawl")


def main(audio: Path, rest: list[str]) -> Iterator[Measured]:
    """Measure one detector after the other."""
    parser = argparse.ArgumentParser(prog="scripts/evaluate prosody", description=__doc__)
    parser.add_argument("--only", choices=sorted(MEASURES), help="one detector alone")
    parser.add_argument(
        "--speaker", choices=READERS, default=READERS[1], help="the first is for tuning"
    )
    parser.add_argument("--most", type=int, default=100, help="runs, sentences, turns, calls")
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args(rest)
    for name, measure in MEASURES.items():
        if chosen.only in (None, name):
            model = load_phone_model().sha256[:12] if name in HEARD_BY_A_MODEL else ""
            results = measure(audio, chosen.speaker, chosen.most, chosen.seed)
            yield Measured(tuple(results), model)

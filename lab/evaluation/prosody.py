"""Measures how the agent's way of speaking is heard: ``scripts/evaluate prosody [--only NAME]``.

Settings were chosen on s0150 and on synthetic voices that the phone model learnt from; what is
reported is s0252, heard by the model that learnt without that reader (``left_out``), and the voices
that no model heard.
"""

import argparse
from pathlib import Path

from rich.console import Console

from lab.evaluation import contours, drawls, paces, pitches, silences
from lab.evaluation.sounds import READERS

MEASURES = {
    "pitch": pitches.measure,
    "pace": paces.measure,
    "drawl": drawls.measure,
    "intonation": contours.measure,
    "quiet": silences.measure,
}


def main(audio: Path, rest: list[str]) -> None:
    """Print one table for each detector."""
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
            Console(width=110).print(measure(audio, chosen.speaker, chosen.most, chosen.seed))

"""Measures the detectors: ``scripts/evaluate detectors [--only NAME]``."""

import argparse
from collections.abc import Iterator
from pathlib import Path

from lab.evaluation import attribution, chewing, desks, effort, faults, interruptions, meals
from lab.results import Measured

MEASURES = {
    "interruption": interruptions.measure,
    "shouting": effort.measure,
    "eating": chewing.measure,
    "meals": meals.measure,
    "levels": desks.measure,
    "neighbours": desks.neighbours,
    "attribution": attribution.measure,
    "attribution-phrases": attribution.phrases,
    "microphone": faults.measure,
}
WITH_MODEL = frozenset({"attribution-phrases"})
"""Those in which the phone model has a part."""


def main(audio: Path, arguments: list[str]) -> Iterator[Measured]:
    """Measure one detector after the other."""
    parser = argparse.ArgumentParser(prog="scripts/evaluate detectors")
    parser.add_argument("--calls", type=int, default=400, help="generated calls")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--half", type=int, choices=(0, 1), default=1, help="0 is for tuning")
    parser.add_argument("--only", choices=sorted(MEASURES), help="one detector alone")
    known = parser.parse_args(arguments)
    for name, measure in MEASURES.items():
        if known.only in (None, name):
            yield Measured(tuple(measure(audio, known)), model=None if name in WITH_MODEL else "")

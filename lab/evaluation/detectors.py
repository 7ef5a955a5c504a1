"""Measures the detectors: ``scripts/evaluate detectors [--only NAME]``."""

import argparse
from pathlib import Path

from rich.console import Console

from lab.evaluation import chewing, desks, effort, faults, interruptions, meals

MEASURES = {
    "interruption": interruptions.measure,
    "shouting": effort.measure,
    "eating": chewing.measure,
    "meals": meals.measure,
    "levels": desks.measure,
    "microphone": faults.measure,
}


def main(audio: Path, arguments: list[str]) -> None:
    """Print one table per detector."""
    parser = argparse.ArgumentParser(prog="scripts/evaluate detectors")
    parser.add_argument("--calls", type=int, default=400, help="generated calls")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--half", type=int, choices=(0, 1), default=1, help="0 is for tuning")
    parser.add_argument("--only", choices=sorted(MEASURES), help="one detector alone")
    known = parser.parse_args(arguments)
    for name, measure in MEASURES.items():
        if known.only in (None, name):
            Console(width=110).print(measure(audio, known))

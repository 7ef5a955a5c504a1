"""One part per kind of hearing; each prints its table. A sweep draws what a setting trades."""

import argparse
import os
import shlex
import sys
from collections.abc import Iterable, Sequence
from importlib import import_module
from pathlib import Path

from firmware_py.core.errors import DeskcueError
from lab.results import Measured, record
from lab.results.terminal import show

PARTS = (
    "accents",
    "adaptation",
    "background",
    "detectors",
    "drill",
    "fit_eating",
    "fit_verifier",
    "language",
    "life",
    "pauses",
    "phrases",
    "prosody",
    "red_thresholds",
    "strangers",
    "thresholds",
)
"""Modules of this package with a ``main(audio, arguments) -> Iterable[Measured] | None``."""
TUNING = ("--half", "--speaker")
"""Options that choose what settings are chosen on: figures of that are never recorded."""


def main() -> int:
    """Run one part, or draw one sweep."""
    known, rest = _parsed()
    if known.audio is None or not (known.audio / "speech.tsv").exists():
        print(f"no speech.tsv in {known.audio}; set DESKCUE_AUDIO or --audio", file=sys.stderr)
        return 1
    if known.sweep is not None:
        import_module("lab.evaluation.sweep").main(known.audio, [known.sweep, *rest])
        return 0
    try:
        measured = import_module(f"lab.evaluation.{known.part}").main(known.audio, rest) or ()
        _show_and_record(known.part, rest, measured, known.record)
    except DeskcueError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _show_and_record(
    part: str, rest: Sequence[str], measured: Iterable[Measured], recorded: bool
) -> None:
    command = shlex.join(["scripts/evaluate", part, *rest])
    for one in measured:
        if not one.results:
            raise DeskcueError(
                f"{command}: nothing was measured; do the tables hold what it needs?"
            )
        show(one.results)
        if recorded:
            path = record(part, command, one.results, model=one.model)
            print(f"{path}: written; scripts/measurements makes the page from it")


def _parsed() -> tuple[argparse.Namespace, list[str]]:
    common = argparse.ArgumentParser("scripts/evaluate", add_help=False)
    common.add_argument("--sweep", metavar="DETECTOR", help="draw a picture (--sweep NAME --help)")
    common.add_argument("--record", action="store_true", help="keep the figures in lab/results")
    common.add_argument(
        "--audio",
        type=Path,
        default=os.environ.get("DESKCUE_AUDIO"),
        help="folder with speech.tsv and events.tsv (default: $DESKCUE_AUDIO)",
    )
    known, rest = common.parse_known_args()
    if known.sweep is not None:
        return known, rest
    parser = argparse.ArgumentParser("scripts/evaluate", description=__doc__, parents=[common])
    parser.add_argument("part", choices=PARTS, help="what to measure")
    known, rest = parser.parse_known_args()
    if known.record and any(word.startswith(TUNING) for word in rest):
        parser.error(
            f"what settings are chosen on is not recorded: leave {' and '.join(TUNING)} away"
        )
    return known, rest


if __name__ == "__main__":
    raise SystemExit(main())

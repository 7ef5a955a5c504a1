"""One part per kind of hearing; each prints its tables. A sweep draws what a setting trades."""

import argparse
import os
import sys
from importlib import import_module
from pathlib import Path

PARTS = (
    "background",
    "detectors",
    "drill",
    "language",
    "life",
    "pauses",
    "phrases",
    "prosody",
    "thresholds",
)
"""Modules of this package with a ``main(audio, arguments) -> None``."""


def main() -> int:
    """Run one part, or draw one sweep."""
    common = argparse.ArgumentParser("scripts/evaluate", add_help=False)
    common.add_argument("--sweep", metavar="DETECTOR", help="draw a picture (--sweep NAME --help)")
    common.add_argument(
        "--audio",
        type=Path,
        default=os.environ.get("DESKCUE_AUDIO"),
        help="folder with speech.tsv and events.tsv (default: $DESKCUE_AUDIO)",
    )
    known, rest = common.parse_known_args()
    name = "sweep"
    if known.sweep is None:
        parser = argparse.ArgumentParser("scripts/evaluate", description=__doc__, parents=[common])
        parser.add_argument("part", choices=PARTS, help="what to measure")
        known, rest = parser.parse_known_args()
        name = known.part
    else:
        rest = [known.sweep, *rest]
    if known.audio is None or not (known.audio / "speech.tsv").exists():
        print(f"no speech.tsv in {known.audio}; set DESKCUE_AUDIO or --audio", file=sys.stderr)
        return 1
    import_module(f"lab.evaluation.{name}").main(known.audio, rest)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

"""One part per kind of hearing; each prints its tables."""

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
    """Run one part, or all that are there."""
    parser = argparse.ArgumentParser(prog="scripts/evaluate", description=__doc__)
    parser.add_argument("part", choices=PARTS, help="what to measure")
    parser.add_argument(
        "--audio",
        type=Path,
        default=os.environ.get("DESKCUE_AUDIO"),
        help="folder with speech.tsv and events.tsv (default: $DESKCUE_AUDIO)",
    )
    known, rest = parser.parse_known_args()
    if known.audio is None or not (known.audio / "speech.tsv").exists():
        print(f"no speech.tsv in {known.audio}; set DESKCUE_AUDIO or --audio", file=sys.stderr)
        return 1
    import_module(f"evaluation.{known.part}").main(known.audio, rest)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

"""What is no speech: where it lies, and which of it is learnt from.

Sounds of one source resemble each other, so all of a source is learnt from, or all of it serves to
choose thresholds and settings, or all of it to report.
"""

import csv
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from firmware_py.core.errors import DeskcueError

REPORTS, CHOOSES = 2, 4
"""Of ten parts, the first two report, the next two choose; the rest is learnt from."""
Side = Literal["train", "choose", "report"]
"""What a source is for."""


@dataclass(frozen=True, slots=True)
class Noise:
    """One line of ``noise.tsv``."""

    path: Path
    label: str
    """What kind of sound: typing, music, tones, traffic, ..."""
    source: str
    licence: str


def side_of(source: str) -> Side:
    """Say what a source is for; a fixed choice, for all time."""
    part = int(hashlib.sha256(source.encode()).hexdigest(), 16) % 10
    if part < REPORTS:
        return "report"
    return "choose" if part < CHOOSES else "train"


def noises(audio: Path, side: Side = "train") -> Iterator[Noise]:
    """Go through ``noise.tsv``: the sources of one side.

    Raises:
        DeskcueError: the table is not there.
    """
    table = audio / "noise.tsv"
    if not table.is_file():
        raise DeskcueError(f"{table} is not there: training needs sounds that are no speech")
    with table.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
            if row["use"] == "train" and side_of(row["source"]) == side:
                yield Noise(audio / row["path"], row["label"], row["source"], row["licence"])

"""The device's own log-mel rows of everything that is learnt from, on disk once (``hearing``).

Two files: ``mel.f16`` holds all rows one after the other, ``items.npz`` says which rows belong to
which utterance, what it says, and whose voice it is.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from firmware_py.hearing.mel import BANDS
from lab.training.cutting import CUTS
from lab.training.label_check import FIT

ITEMS: Final = "items.npz"
KINDS = ("sentence", "crowd", "neural", "word", "syllable", "synthetic", "noise", "foreign")


@dataclass(frozen=True, slots=True)
class Store:
    """Everything that is learnt from, in memory-mapped rows."""

    rows: npt.NDArray[np.float16]
    first: npt.NDArray[np.int64]
    last: npt.NDArray[np.int64]
    tokens: list[tuple[int, ...]]
    kind: npt.NDArray[np.str_]
    voice: npt.NDArray[np.str_]
    cuts: npt.NDArray[np.int32] | None
    """Hops at which syllables begin, then the end, then -1, shape [utterances, most + 1]."""
    fit: npt.NDArray[np.bool_] | None = None
    """Which utterances say what their label says (``label_check``); None: not checked yet."""


def load(folder: Path) -> Store:
    """Open a finished store."""
    items = np.load(folder / ITEMS)
    rows = np.memmap(folder / "mel.f16", dtype=np.float16, mode="r").reshape(-1, BANDS)
    tokens = [tuple(int(token) for token in row if token >= 0) for row in items["tokens"]]
    cuts = np.load(folder / CUTS) if (folder / CUTS).exists() else None
    fit = np.load(folder / FIT) if (folder / FIT).exists() else None
    return Store(
        rows, items["first"], items["last"], tokens, items["kind"], items["voice"], cuts, fit
    )


def made_of(folder: Path) -> str:
    """Fingerprint of the material that a finished store was made of; empty: it is not known."""
    with np.load(folder / ITEMS) as items:
        return str(items["made_of"]) if "made_of" in items else ""

"""Sound to try a phrase on, as the phone model heard it: posteriors alone, never any sound.

Made by ``scripts/evaluate background`` with the packaged model from people and voices that the
model learnt from, made strange, and from sounds that are no speech, at three levels.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from firmware_py.core.errors import DeskcueError
from firmware_py.core.types import HOPS_PER_POSTERIOR, HOPS_PER_SECOND, FloatArray
from firmware_py.hearing.lattice import FLOOR

BUNDLED: Final = Path(__file__).with_name("background.npz")
LEVELS: Final = 15
"""A cost is kept in so many steps."""
TALK: Final = "talk"
_ROWS_PER_HOUR: Final = 3600 * HOPS_PER_SECOND / HOPS_PER_POSTERIOR


@dataclass(frozen=True, slots=True)
class Background:
    """Utterances one after the other."""

    steps: npt.NDArray[np.uint8]
    """Cost of every token in every row, ``LEVELS`` steps from 0 to the floor, shape [rows, 59]."""
    ends: npt.NDArray[np.int64]
    """Row after the last of every utterance."""
    model_sha256: str
    """Of the phone model that heard it."""
    kinds: tuple[str, ...] = ()
    """What each utterance is: ``TALK`` or a kind of sound; empty: all of it is talk."""

    @property
    def hours(self) -> float:
        """How long it is."""
        return len(self.steps) / _ROWS_PER_HOUR

    def kind_of(self, number: int) -> str:
        """Say what an utterance is."""
        return self.kinds[number] if self.kinds else TALK

    def hours_by_kind(self) -> dict[str, float]:
        """Tell how long each kind is."""
        found: dict[str, float] = {}
        for number, rows in enumerate(np.diff(self.ends, prepend=0).tolist()):
            kind = self.kind_of(number)
            found[kind] = found.get(kind, 0.0) + rows / _ROWS_PER_HOUR
        return found

    def utterances(self) -> Iterator[FloatArray]:
        """Give the log posteriors of each, up to a constant a row, shape [rows, 59]."""
        for part in np.split(self.steps, self.ends[:-1]):
            yield part.astype(np.float32) * np.float32(FLOOR / LEVELS)


def steps_of(posteriors: FloatArray) -> npt.NDArray[np.uint8]:
    """Turn log posteriors into steps of cost."""
    ratio = posteriors - posteriors.max(axis=1, keepdims=True)
    share = np.clip(ratio / FLOOR, 0, 1)
    steps: npt.NDArray[np.uint8] = np.rint(share * LEVELS).astype(np.uint8)
    return steps


def save(path: Path, background: Background) -> None:
    """Write a file of it; two costs share a byte."""
    steps = background.steps
    padded = np.pad(steps, ((0, 0), (0, steps.shape[1] % 2)), constant_values=LEVELS)
    np.savez_compressed(
        path,
        packed=padded[:, ::2] << 4 | padded[:, 1::2],
        tokens=steps.shape[1],
        ends=background.ends,
        model_sha256=background.model_sha256,
        kinds=np.array(background.kinds, dtype=np.str_),
    )


def load(path: Path = BUNDLED) -> Background:
    """Read a file of it.

    Raises:
        DeskcueError: it is not there or broken.
    """
    try:
        with np.load(path, allow_pickle=False) as kept:
            packed, tokens = kept["packed"], int(kept["tokens"])
            both = np.stack([packed >> 4, packed & 15], axis=2).reshape(len(packed), -1)
            kinds = tuple(kept["kinds"].tolist()) if "kinds" in kept else ()
            return Background(both[:, :tokens], kept["ends"], str(kept["model_sha256"]), kinds)
    except (OSError, ValueError, KeyError) as error:
        reason = str(error).splitlines()[0]
        raise DeskcueError(f"cannot read the background speech {path}: {reason}") from None


def fits(background: Background, model: Path) -> bool:
    """Tell whether this very model heard it."""
    try:
        return hashlib.sha256(model.read_bytes()).hexdigest() == background.model_sha256
    except OSError:
        return False

"""Lets the phone model sleep while nothing is to be heard: what it says of silence is known.

A step of the model (120 ms) in which no hop rises over the noise floor, and so for a while, is
blank without asking. When something is heard again the model goes on with what it remembers, and
hears the last 1.2 s of the silence first: a pause without its middle. Nothing of an onset is lost,
for a hop of it is enough to wake, and a token peaks after it. All this goes by hops since the
stream began: how Blocks are cut changes nothing.
"""

from collections import deque
from functools import partial
from typing import Final, Protocol

import numpy as np

from firmware_py.core.types import HOPS_PER_POSTERIOR, BoolArray, FloatArray, Foreseen
from firmware_py.hearing.foresight import Ask, goes_on
from firmware_py.hearing.levels import SILENCE_DB
from firmware_py.hearing.mel import BANDS
from firmware_py.hearing.phone_model import HOPS_PER_STEP, OUTPUTS
from firmware_py.hearing.spelling import BLANK

OVER_FLOOR: Final = 4.0
"""dB over the noise floor that wake the model; speech begins at 7 (``voice_activity``)."""
STAYS_AWAKE: Final = 5
"""Steps (0.6 s) for which it stays awake after a sound."""
HEARS_FIRST: Final = 10
"""Steps of the silence before the sound that woke it which it hears first, at most."""
SETTLING: Final = 25
"""Steps (3 s) from the beginning in which the noise floor is not known: it is awake."""
_SURE: Final = -20.0
"""Log posterior of a token in silence."""


class Model(Protocol):
    """A phone model, or what stands for it."""

    def feed(self, mel: FloatArray) -> FloatArray:
        """Turn log-mel rows into log posteriors of whole steps, [rows, 59]."""

    def branch(self) -> Ask:
        """Give a way to ask what it would say if some log-mel came next, now or later."""

    def reset(self) -> None:
        """Forget everything."""


def silence() -> FloatArray:
    """Give what a step of silence is, [rows, 59]."""
    rows = np.full((HOPS_PER_STEP // HOPS_PER_POSTERIOR, OUTPUTS), _SURE, dtype=np.float32)
    rows[:, BLANK] = 0.0
    return rows


def heard(level: FloatArray, floor: FloatArray) -> BoolArray:
    """Tell the hops in which there is something; both in dBFS, [hops]."""
    sound: BoolArray = (level > floor + OVER_FLOOR) & (level > SILENCE_DB)
    return sound


class Dozing:
    """Asks the phone model only while there is something to hear."""

    def __init__(self, model: Model) -> None:
        """Stand between its mel rows and its posteriors."""
        self._model = model
        self._silence = silence()
        self.reset()

    def reset(self) -> None:
        """Forget everything."""
        self._model.reset()
        self._mel = np.empty((0, BANDS), dtype=np.float32)
        self._heard = np.empty((0, 2), dtype=np.bool_)
        """Of each hop: whether there is sound, and whether a pause begins."""
        self._row = 0
        """Rows given since the stream began."""
        self._missed: deque[FloatArray] = deque(maxlen=HEARS_FIRST)
        self._awake_for = SETTLING

    def feed(
        self, mel: FloatArray, sound: BoolArray, pause: BoolArray
    ) -> tuple[FloatArray, tuple[Foreseen, ...]]:
        """Take log-mel rows, in step or nearly with what is told of each hop.

        Args:
            mel: log-mel energies, [hops, bands].
            sound: whether there is sound, [hops].
            pause: whether a pause begins, [hops].

        Returns:
            Log posteriors of whole steps, [rows, 59], and what may be foreseen at their ends.
        """
        heard = np.stack([sound, pause], axis=1)
        mel = np.concatenate([self._mel, mel]) if len(self._mel) else mel
        heard = np.concatenate([self._heard, heard]) if len(self._heard) else heard
        hops = min(len(mel), len(heard)) // HOPS_PER_STEP * HOPS_PER_STEP
        self._mel, self._heard = mel[hops:], heard[hops:]
        rows, foreseen = [self._silence[:0]], []
        for first in range(0, hops, HOPS_PER_STEP):
            step = slice(first, first + HOPS_PER_STEP)
            rows.append(self._step(mel[step], bool(heard[step, 0].any())))
            self._row += len(rows[-1])
            if heard[step, 1][-1]:  # it is awake, for the pause has only begun
                ask = partial(self._model.branch(), goes_on(mel[step]))
                foreseen.append(Foreseen(self._row, ask))
        return rows[1] if len(rows) == 2 else np.concatenate(rows), tuple(foreseen)

    def _step(self, mel: FloatArray, sounds: bool) -> FloatArray:
        if self._awake_for <= STAYS_AWAKE and sounds:
            self._awake_for = STAYS_AWAKE + 1
        if self._awake_for == 0:
            self._missed.append(mel)
            return self._silence
        if self._missed:
            self._model.feed(np.concatenate(self._missed))
            self._missed.clear()
        self._awake_for -= 1
        return self._model.feed(mel)

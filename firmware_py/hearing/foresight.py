"""Where a pause begins, after which the phone model need not wait for what follows.

The model tells a sound some 200 ms after it, for what follows might change its mind. In a pause
nothing follows: whoever cares may ask it with so much of the same quiet after it, while it goes on
as if it had not been asked. All this goes by hops since the stream began.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from firmware_py.core.types import BoolArray, FloatArray
from firmware_py.hearing.levels import SILENCE_DB

UNDER_PEAK_DB: Final = 12.0
"""dB under the loudest sound of late at which it is quiet, be the room as it may."""
_FADE_DB: Final = 0.15
"""dB per hop by which that is forgotten."""
QUIET: Final = 3
"""Quiet hops that may be a pause."""
BEGINS: Final = 24
"""Hops (240 ms) for which a pause begins; by then the model has told what was before it."""
LASTS: Final = 24
"""Hops (240 ms) for which it is made up."""

Ask = Callable[[FloatArray], FloatArray]
"""From log-mel rows that might come to the log posteriors that would."""


@dataclass(slots=True)
class Pauses:
    """Tells where a pause begins: by what rises over the room, and by how loud it was of late."""

    _peak: float = field(init=False, default=SILENCE_DB)
    _for: int = field(init=False, default=BEGINS)
    """Hops for which it has been quiet."""

    def feed(self, level: FloatArray, sound: BoolArray) -> BoolArray:
        """Take levels in dBFS and whether there is sound; tell of every hop, all [hops]."""
        peak, quiet_for, found = self._peak, self._for, []
        for db, sounds in zip(level.tolist(), sound.tolist(), strict=True):
            peak -= _FADE_DB
            if db > peak:
                peak = db
            quiet_for = 0 if sounds and db >= peak - UNDER_PEAK_DB else quiet_for + 1
            found.append(QUIET <= quiet_for <= BEGINS)
        self._peak, self._for = peak, quiet_for
        return np.array(found, dtype=np.bool_)

    def reset(self) -> None:
        """Forget everything."""
        self._peak, self._for = SILENCE_DB, BEGINS


def goes_on(mel: FloatArray) -> FloatArray:
    """Make up how a pause goes on that ends log-mel rows, [hops, bands]."""
    return np.repeat(mel[-QUIET:].mean(axis=0, keepdims=True), LASTS, axis=0)

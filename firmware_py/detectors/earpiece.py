"""Which channel is the microphone: the one that hears the other's earpiece, a little late."""

from collections import deque
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from firmware_py.core.types import HOPS_PER_SECOND, FloatArray
from firmware_py.hearing.echo import NOISE_HOPS, likeness

_NEAR: Final = 15
"""Hops by which an earpiece is heard late, at most; the far end's echo comes later."""
_LIKENESS: Final = 0.8
"""Likeness from which one channel follows the other."""
_UNDER_DB: Final = 8.0
"""dB that it is softer then, at least."""
_MEMORY: Final = 40
"""Judgements that count."""
_SELDOM: Final = 6
"""Seconds after which it looks again, once it has looked for a while: wires stay as they are."""
_SURE: Final = 5
"""Echoes in the one channel that tell, if there is at most one in the other."""


@dataclass(slots=True)
class Earpiece:
    """Follows, a second at a time, which of two channels carries an echo of the other."""

    _bands: list[FloatArray] = field(init=False, repr=False, default_factory=list)
    """The last hops of both channels, dB, [hops, bands] each."""
    _seconds: int = field(init=False, repr=False, default=0)
    _heard: deque[int | None] = field(
        init=False, repr=False, default_factory=lambda: deque(maxlen=_MEMORY)
    )
    """For each second in which one channel spoke: the one that echoed it, if any."""

    def hear(self, bands: tuple[FloatArray, FloatArray], speaking: tuple[float, float]) -> None:
        """Take a second.

        Args:
            bands: of both channels, dB, [hops, bands].
            speaking: share of the second for which each speaks.
        """
        past = self._bands or [one[:0] for one in bands]
        joined = [np.concatenate(both) for both in zip(past, bands, strict=True)]
        self._bands = [one[-NOISE_HOPS:] for one in joined]
        self._seconds += 1
        if len(self._heard) == _MEMORY and self._seconds % _SELDOM:
            return
        for late, first in ((0, 1), (1, 0)):
            if speaking[first] >= 0.5:
                self._heard.append(late if self._follows(late, first) else None)

    def microphone(self) -> int | None:
        """The channel that hears the other; None: not known."""
        for late in (0, 1):
            if self._heard.count(late) >= _SURE and self._heard.count(1 - late) <= 1:
                return late
        return None

    def _follows(self, late: int, first: int) -> bool:
        ours, theirs = self._bands[late], self._bands[first]
        alike, delay = likeness(ours, theirs, len(ours) - HOPS_PER_SECOND)
        if alike < _LIKENESS or delay > _NEAR:
            return False
        before = theirs[len(theirs) - HOPS_PER_SECOND - delay : len(theirs) - delay]
        return _power_db(before) - _power_db(ours[-HOPS_PER_SECOND:]) >= _UNDER_DB


def _power_db(bands: FloatArray) -> float:
    return float(10 * np.log10(np.mean(10 ** (bands.astype(np.float64) / 10))))

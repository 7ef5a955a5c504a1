"""What of one channel comes by in the other: an earpiece in the microphone, or all of one mix."""

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
"""Judgements, and seconds, that count."""
_SELDOM: Final = 6
"""Seconds after which it looks again, once it has looked for a while: wires stay as they are."""
_SURE: Final = 5
"""Echoes in the one channel that tell, if there is at most one in the other."""
_MIX_LATE: Final = 7
"""Hops by which one channel of a mix may be late."""
_MIX_LIKENESS: Final = 0.9
_MIX_DB: Final = (9.0, 20.0)
"""dB by which they differ as a rule, and at most: so soft may be an echo, too."""
_MIX_SECONDS: Final = ((9, 10), (27, 30))
"""Seconds in which they must be alike, out of the last ones with speech, for either difference:
nobody listens to an echo for half a minute of speech without a word."""


@dataclass(slots=True)
class Earpiece:
    """Follows, a second at a time, which of two channels carries an echo of the other.

    Where both carry the same all the time, it is one mix, whatever lies between them: a delay, a
    gain, a codec.
    """

    _bands: list[FloatArray] = field(init=False, repr=False, default_factory=list)
    """The last hops of both channels, dB, [hops, bands] each."""
    _seconds: int = field(init=False, repr=False, default=0)
    _heard: deque[int | None] = field(
        init=False, repr=False, default_factory=lambda: deque(maxlen=_MEMORY)
    )
    """For each second in which one channel spoke: the one that echoed it, if any."""
    _mixed: deque[float | None] = field(
        init=False, repr=False, default_factory=lambda: deque(maxlen=_MEMORY)
    )
    """For each second of speech: dB by which the channels differed, if they were alike."""

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
        if len(self._mixed) == _MEMORY and self._seconds % _SELDOM:
            return
        found = [
            (late, *self._compare(late, first))
            for late, first in ((0, 1), (1, 0))
            if speaking[first] >= 0.5
        ]
        for late, alike, delay, under_db in found:
            echo = alike >= _LIKENESS and delay <= _NEAR and under_db >= _UNDER_DB
            self._heard.append(late if echo else None)
        if found:
            _, alike, delay, under_db = max(found, key=lambda one: one[1])
            mixed = alike >= _MIX_LIKENESS and delay <= _MIX_LATE and abs(under_db) <= _MIX_DB[-1]
            self._mixed.append(abs(under_db) if mixed else None)

    def microphone(self) -> int | None:
        """The channel that hears the other; None: not known, or each may hear all of the other."""
        if None not in self._mixed:
            return None
        for late in (0, 1):
            if self._heard.count(late) >= _SURE and self._heard.count(1 - late) <= 1:
                return late
        return None

    def mixed(self) -> bool:
        """Whether both channels have carried one mix lately."""
        for most_db, (least, seconds) in zip(_MIX_DB, _MIX_SECONDS, strict=True):
            lately = list(self._mixed)[-seconds:]
            if sum(db is not None and db <= most_db for db in lately) >= least:
                return True
        return False

    def _compare(self, late: int, first: int) -> tuple[float, int, float]:
        """Likeness of the last second, hops by which one is late, and dB by which it is softer."""
        ours, theirs = self._bands[late], self._bands[first]
        alike, delay = likeness(ours, theirs, len(ours) - HOPS_PER_SECOND)
        before = theirs[len(theirs) - HOPS_PER_SECOND - delay : len(theirs) - delay]
        if len(before) < HOPS_PER_SECOND:
            return 0.0, 0, 0.0
        return alike, delay, _power_db(before) - _power_db(ours[-HOPS_PER_SECOND:])


def _power_db(bands: FloatArray) -> float:
    return float(10 * np.log10(np.mean(10 ** (bands.astype(np.float64) / 10))))

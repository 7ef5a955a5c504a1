"""Gain: whether a microphone evens out the level of the voice by itself."""

from collections import deque
from dataclasses import dataclass, field
from math import log10
from statistics import pstdev

from firmware_py.core.types import HOPS_PER_SECOND, FloatArray

_LEAST_HOPS = HOPS_PER_SECOND // 2
"""Clear hops of speech that make an utterance worth measuring."""
_UTTERANCES = (8, 12)
"""Least and most utterances that the judgement rests on."""
_EVEN_DB, _UNEVEN_DB = 0.8, 1.1
"""Standard deviation of the level of utterances under which there is gain control, and over which
there is none: people's own is 1 to 3 dB, behind gain control some 0.5 dB remain."""


@dataclass(slots=True)
class GainControl:
    """Follows the level of utterances, one after the other."""

    present: bool | None = None
    """Whether there is gain control; None until enough was heard."""
    spread: float = 0.0
    """Standard deviation of the utterances' levels, in dB."""
    _levels: deque[float] = field(
        init=False, repr=False, default_factory=lambda: deque(maxlen=_UTTERANCES[1])
    )
    _hops: int = field(init=False, repr=False, default=0)
    _power: float = field(init=False, repr=False, default=0.0)
    """Sum over them, relative to full scale."""

    def hear(self, level: FloatArray) -> None:
        """Take the levels of clear hops of the utterance that goes on, in dBFS, [hops]."""
        self._hops += len(level)
        self._power += float((10 ** (level / 10)).sum())

    def pause(self) -> None:
        """The utterance, if there was any, is over."""
        if self._hops >= _LEAST_HOPS:
            self._levels.append(10 * log10(self._power / self._hops))
            if len(self._levels) >= _UTTERANCES[0]:
                self._judge()
        self._hops, self._power = 0, 0.0

    def _judge(self) -> None:
        self.spread = pstdev(self._levels)
        if self.spread < _EVEN_DB:
            self.present = True
        elif self.spread > _UNEVEN_DB:
            self.present = False

"""Whether both channels carry one and the same sound: a mix of both sides, and not two people."""

from dataclasses import dataclass, field
from typing import Final

_LOUD_DB: Final = -60.0
"""dBFS from which a hop tells anything."""
_ALIKE_DB: Final = 1.0
"""dB by which the difference of the levels may change from hop to hop in one sound."""
_APART_DB: Final = 9.0
"""dB by which they may differ; the other side's echo is weaker."""
_SURE: Final = 40
"""Loud hops in a row that are alike: two people who speak at once are so for five."""
_UNLIKE: Final = 10
"""What a hop that is not alike takes away."""


@dataclass(slots=True)
class SameSound:
    """Follows the difference of both levels, a hop at a time."""

    _difference: float = field(init=False, repr=False, default=0.0)
    """Smoothed, dB."""
    _alike: int = field(init=False, repr=False, default=0)

    def hear(self, agent: float, caller: float) -> bool:
        """Take both levels in dBFS; return whether they have been those of one sound."""
        if agent > _LOUD_DB or caller > _LOUD_DB:
            difference = agent - caller
            change = difference - self._difference
            self._difference += 0.3 * change
            if -_ALIKE_DB <= change <= _ALIKE_DB and -_APART_DB <= difference <= _APART_DB:
                if self._alike < 2 * _SURE:
                    self._alike += 1
            elif self._alike:
                self._alike = max(self._alike - _UNLIKE, 0)
        return self._alike >= _SURE

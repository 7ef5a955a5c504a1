"""Whether both channels carry one and the same sound: a mix of both sides, and not two people."""

from dataclasses import dataclass, field
from typing import Final

from firmware_py.core.types import AGENT, CALLER

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

    def hear(self, level: list[float]) -> bool:
        """Take both levels in dBFS; return whether they have been those of one sound."""
        if max(level) > _LOUD_DB:
            difference = level[AGENT] - level[CALLER]
            change, self._difference = (
                abs(difference - self._difference),
                self._difference + 0.3 * (difference - self._difference),
            )
            alike = change <= _ALIKE_DB and abs(difference) <= _APART_DB
            self._alike = (
                min(self._alike + 1, 2 * _SURE) if alike else max(self._alike - _UNLIKE, 0)
            )
        return self._alike >= _SURE

"""One side of a call: when its sound begins and ends, more finely than whether it speaks."""

from dataclasses import dataclass

from firmware_py.hearing.levels import SILENCE_DB

_UNDER_LOUDEST = 25.0
"""dB under the loudest of a turn down to which its tail counts."""
_FADE = 0.02
"""dB per hop by which the loudest is forgotten."""
_JOINED = 5
"""Hops of silence that do not part two sounds."""


@dataclass(slots=True)
class Side:
    """Follows one side, a hop at a time."""

    smooth: float = SILENCE_DB
    """dBFS, over 20 ms."""
    loudest: float = SILENCE_DB
    """dBFS, of what it said last."""
    first: int = 0
    """First hop of the sound that is heard, or was heard last."""
    last: int = -_JOINED
    """Its last hop."""

    def hear(self, hop: int, level: float, least: float, speaking: bool) -> None:
        """Take a hop's level and the least that is a sound, both in dBFS."""
        smooth = self.smooth = 0.5 * (level + self.smooth)
        if speaking:
            fading = self.loudest - _FADE
            self.loudest = level if level > fading else fading
        if smooth > least and smooth > self.loudest - _UNDER_LOUDEST:
            if hop - self.last > _JOINED:
                self.first = hop
            self.last = hop

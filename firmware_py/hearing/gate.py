"""A microphone that is gated: digitally silent whenever nobody speaks into it."""

from dataclasses import dataclass, field
from typing import Final

from firmware_py.hearing.levels import SILENCE_DB

_SHUT: Final = 3
"""Times that it fell silent after words, after which it shows."""
_OPEN: Final = 80
"""Hops of room noise in a row that no gate leaves open after a word."""


@dataclass(slots=True)
class Gate:
    """Follows a microphone a hop at a time since the stream began."""

    _shut: int = field(init=False, repr=False, default=0)
    """Times that it fell silent after words."""
    _spoke: bool = field(init=False, repr=False, default=False)
    """Whether anybody spoke since it was silent."""
    _noise: int = field(init=False, repr=False, default=0)
    """Hops in a row with sound that is no speech, until now; once enough, it stays."""

    def hear(self, level: float, speaking: bool) -> None:
        """Take a hop's level in dBFS, and whether it carries speech."""
        if self._noise >= _OPEN:
            return
        if level <= SILENCE_DB:
            self._shut += self._spoke
            self._spoke, self._noise = False, 0
        else:
            self._spoke |= speaking
            self._noise = 0 if speaking else self._noise + 1

    @property
    def gated(self) -> bool:
        """Whether it fell silent with every word so far; False before it shows."""
        return self._shut >= _SHUT and self._noise < _OPEN

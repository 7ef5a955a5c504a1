"""One direction of the line: for how long it has carried a signal, noise, or nothing."""

from dataclasses import dataclass
from typing import Final

from firmware_py.core.types import HOPS_PER_SECOND

GATED_S: Final = 180.0
"""Seconds of silence after which even a gated line carries no call any more."""
_NOISE_DB = -46.0
"""dBFS under which sound may be the noise of a line."""
_EDGE = 12
"""Hops of anything that may lie within the silence of a line."""
_SWITCHED = 20
"""Hops without signal before words after which another source feeds the line."""
_GATE = 2 * HOPS_PER_SECOND
"""Hops for which a gate may stay open after words, at most."""
_WORD = 40
"""Hops of speech that are a word; a tone passes for speech until it is known."""


@dataclass(slots=True)
class LineSignal:
    """What one direction of the line has carried, up to now."""

    dead: int = 0
    """Hops in a row without signal, until now."""
    open: int = 0
    """Most hops in a row with room or comfort noise; a gated line has none. They count afresh once
    words came right out of digital silence: a machine plays, and pauses without any noise."""
    noise: int = 0
    """Hops in a row with it, until now."""
    gone: int = 0
    """Hops in a row, until now, with nothing but silence."""
    unlike: int = 0
    """The last of them that were not, as yet."""
    silent: int = 0
    """Hops without signal before these."""
    words: int = 0
    """Hops of speech in a row that came right out of digital silence, until now."""

    def hear(self, level: float, alive: bool, speaking: bool) -> None:
        """Take one hop.

        Args:
            level: in dBFS.
            alive: whether there is a signal at all.
            speaking: whether it passes for speech.
        """
        if alive:
            self.silent, self.dead = self.dead or self.silent, 0
            self.unlike += 1
        else:
            self.dead += 1
            self.unlike = 0
        fresh = self.words or (self.unlike <= _EDGE and self.silent >= _SWITCHED)
        self.words = self.words + 1 if speaking and fresh else 0
        if self.words == _WORD:
            self.open = self.noise = 0
        self.noise = 0 if speaking or not alive or level >= _NOISE_DB else self.noise + 1
        if self.noise > self.open:
            self.open = self.noise
        self.gone = self.gone + 1 if self.unlike <= _EDGE else 0

    @property
    def gated(self) -> bool:
        """Whether it carries nothing between words, so that its silence is no news."""
        return self.open < _GATE

"""One direction of the line: for how long it has carried a signal, noise, or nothing."""

from dataclasses import dataclass

_NOISE_DB = -46.0
"""dBFS under which sound may be the noise of a line."""
_EDGE = 12
"""Hops of anything that may lie within the silence of a line."""


@dataclass(slots=True)
class LineSignal:
    """What one direction of the line has carried, up to now."""

    dead: int = 0
    """Hops in a row without signal, until now."""
    open: int = 0
    """Most hops of this call in a row with room or comfort noise; a gated line has none."""
    noise: int = 0
    """Hops in a row with it, until now."""
    gone: int = 0
    """Hops in a row, until now, with nothing but silence."""
    unlike: int = 0
    """The last of them that were not, as yet."""

    def hear(self, level: float, alive: bool, speaking: bool) -> None:
        """Take one hop.

        Args:
            level: in dBFS.
            alive: whether there is a signal at all.
            speaking: whether it passes for speech.
        """
        if alive:
            self.dead = 0
            self.unlike += 1
        else:
            self.dead += 1
            self.unlike = 0
        self.noise = 0 if speaking or not alive or level >= _NOISE_DB else self.noise + 1
        if self.noise > self.open:
            self.open = self.noise
        self.gone = self.gone + 1 if self.unlike <= _EDGE else 0

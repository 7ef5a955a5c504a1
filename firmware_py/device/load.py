"""Notes whether the device keeps up with its sound, and when to leave the costly part out."""

from dataclasses import dataclass, field
from typing import Final

BEHIND_S: Final = 1.5
"""Seconds of sound that wait unheard before the costly part is left out."""
CAUGHT_UP_S: Final = 0.3
"""Seconds of sound that may wait when it is taken up again."""
_TOLD_S: Final = 30.0
"""Seconds of the stream for which it is still a fault: load comes and goes."""


@dataclass(slots=True)
class Load:
    """Judges by how much sound waits; knows no clock but the stream's."""

    shedding: bool = field(init=False, default=False)
    """Whether the costly part is to be left out."""
    _last: float = field(init=False, default=float("-inf"))

    def update(self, behind_s: float, now: float) -> bool:
        """Take how much sound waits at a second of the stream; whether to leave something out."""
        self.shedding = behind_s >= (CAUGHT_UP_S if self.shedding else BEHIND_S)
        if self.shedding:
            self._last = now
        return self.shedding

    def problem(self, now: float, left_out_s: float) -> str:
        """What is wrong, one line; empty if the device keeps up."""
        if now - self._last > _TOLD_S:
            return ""
        tens = int(left_out_s) // 10 * 10
        time = f"over {tens} s" if tens else "some seconds"
        return (
            f"the device cannot keep up: phrases were left out for {time} in all; stop what"
            " else runs on it, or look at its cooling and power (deskcue doctor)"
        )

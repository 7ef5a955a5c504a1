"""What the light can say: patterns of colour and rhythm.

Severity has a colour *and* a rhythm, so it can be read without seeing red from green:

- calm: off;
- amber: slow breaths;
- red: two soft pulses and a rest;
- somebody looks for the desk: blue, pulse after pulse;
- a fault: violet, as many short blinks as its code says, then a long rest.

Nothing alternates faster than 2 Hz (WCAG 2.1, 2.3.1 allows three flashes a second).
"""

import math
from dataclasses import dataclass
from typing import Final

from firmware_py.core.problems import Fault

Colour = tuple[float, float, float]
"""Red, green and blue, 0 to 1 each."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """One thing that the light can say."""

    name: str
    colour: Colour
    pulse_s: float
    """Seconds of one soft pulse, from dark to dark."""
    pulses: int
    """Pulses in a row."""
    rest_s: float
    """Seconds of dark after them."""
    rounds: int
    """How often it is repeated before the light is calm again; 0: until something else comes."""

    @property
    def round_s(self) -> float:
        """Seconds of one round."""
        return self.pulses * self.pulse_s + self.rest_s

    def brightness(self, seconds: float) -> float:
        """Brightness, 0 to 1, so many seconds after it began."""
        within = seconds % self.round_s
        if within >= self.pulses * self.pulse_s:
            return 0.0
        return math.sin(math.pi * within / self.pulse_s) ** 2


CALM: Final = Pattern("calm", (0.0, 0.0, 0.0), 1.0, 0, 1.0, 0)
AMBER: Final = Pattern("amber", (1.0, 0.45, 0.0), 2.5, 1, 0.5, 2)
RED: Final = Pattern("red", (1.0, 0.0, 0.0), 0.6, 2, 1.2, 3)
IDENTIFY: Final = Pattern("identify", (0.0, 0.2, 1.0), 0.6, 1, 0.0, 0)
"""Blue, pulse after pulse: somebody looks for this desk."""


def fault_pattern(fault: Fault) -> Pattern:
    """Pattern of a fault."""
    return Pattern(f"fault {fault.value}", (0.5, 0.0, 0.6), 0.6, fault.value, 3.0, 0)

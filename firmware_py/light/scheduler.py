"""Decides what the light says at any second; knows no hardware.

The light begins to say something new at most once in three seconds.
"""

from typing import Final

from firmware_py.core.problems import Fault
from firmware_py.core.types import Cue, Finding
from firmware_py.light.pattern import AMBER, CALM, IDENTIFY, RED, Colour, Pattern, fault_pattern

CHANGE_S: Final = 3.0
"""Least seconds between two beginnings of something that the light says."""
IDENTIFY_S: Final = 15.0
"""Seconds for which the light says where the desk is."""
PATIENCE_S: Final = 5.0
"""A cue that could not be shown for so many seconds comes too late and is dropped."""
_SHOWN: Final = {Cue.AMBER: AMBER, Cue.RED: RED}
_RANK: Final = {CALM.name: 0, AMBER.name: 2, RED.name: 3}


def _rank(pattern: Pattern) -> int:
    return _RANK.get(pattern.name, 1)


class LightScheduler:
    """What the light says at any second; a Sink for Findings.

    Seconds are those of the stream and never run back.
    """

    def __init__(self) -> None:
        """Begin calm."""
        self._pattern = CALM
        self._since = 0.0
        self._spoke = -CHANGE_S
        """When it last began to say something; that it falls dark in the end is part of that."""
        self._wanted: tuple[Pattern, float] | None = None
        """A cue that waits for its turn, and since when."""
        self._faults: set[Fault] = set()
        self._identify_until = 0.0

    def accept(self, finding: Finding) -> None:
        """Show a Finding's cue, now or as soon as the light may change."""
        pattern = _SHOWN.get(finding.cue)
        if pattern is None:
            return
        self._advance(finding.at)
        waiting = _rank(self._wanted[0]) if self._wanted else 0
        if _rank(pattern) >= waiting:
            self._wanted = (pattern, finding.at)
        self._advance(finding.at)

    def fault(self, fault: Fault, *, present: bool = True) -> None:
        """Say that something is wrong with the device, or no longer."""
        if present:
            self._faults.add(fault)
        else:
            self._faults.discard(fault)

    def identify(self, seconds: float) -> None:
        """Say where the desk is, from a second of the stream on; cues go before it."""
        self._identify_until = seconds + IDENTIFY_S

    @property
    def faults(self) -> tuple[Fault, ...]:
        """What is wrong, worst first."""
        return tuple(sorted(self._faults))

    def pattern(self, seconds: float) -> Pattern:
        """Pattern that is shown at a second of the stream."""
        self._advance(seconds)
        return self._pattern

    def at(self, seconds: float) -> Colour:
        """Colour at a second of the stream."""
        pattern = self.pattern(seconds)
        brightness = pattern.brightness(seconds - self._since)
        red, green, blue = pattern.colour
        return (red * brightness, green * brightness, blue * brightness)

    def _advance(self, now: float) -> None:
        """Change the pattern, if it is time for another."""
        if self._wanted and now - self._wanted[1] > PATIENCE_S:
            self._wanted = None
        if now - self._spoke < CHANGE_S:
            return
        resting = IDENTIFY if now < self._identify_until else self._rest()
        wanted = self._wanted[0] if self._wanted else resting
        over = self._over(now)
        if over or _rank(wanted) >= max(2, _rank(self._pattern)):
            self._wanted = None
            self._show(wanted, now)

    def _rest(self) -> Pattern:
        return fault_pattern(min(self._faults)) if self._faults else CALM

    def _over(self, now: float) -> bool:
        pattern = self._pattern
        return not pattern.rounds or now - self._since >= pattern.rounds * pattern.round_s

    def _show(self, pattern: Pattern, now: float) -> None:
        if pattern != self._pattern or pattern.rounds:
            self._pattern, self._since = pattern, now
            if pattern is not CALM:
                self._spoke = now

"""Which step of the frequency axis fits a voice: the one with which the phone model is surer.

One stretch of speech after another is heard with the step in force and with a neighbour of it, so
that each difference is of the same words. The search moves on what is hardly chance, and seldom
looks again once neither neighbour is better.
"""

from dataclasses import dataclass, field
from math import sqrt
from typing import Final

from firmware_py.hearing.voice_fit import AS_IT_IS, WARPS

LEAST: Final = 5
"""Stretches that tell anything."""
ENOUGH: Final = 24
"""Stretches after which a neighbour that is not better counts as settled."""
SURE: Final = 2.0
"""Standard errors by which the mean gain must be over 0."""
EVERY: Final = 2
"""At first one stretch of so many is heard twice."""
SELDOM: Final = 8
"""Once settled, one of so many."""
_FORGETS: Final = 0.7
"""Share of what is known of a neighbour that counts when it is looked at again."""


@dataclass(slots=True)
class Gain:
    """What a neighbour gained over the step in force."""

    count: float = 0.0
    total: float = 0.0
    squares: float = 0.0

    def add(self, gain: float) -> None:
        """Take the gain of one stretch."""
        self.count += 1
        self.total += gain
        self.squares += gain * gain

    def forget(self) -> None:
        """Count what is known for less."""
        self.count *= _FORGETS
        self.total *= _FORGETS
        self.squares *= _FORGETS

    @property
    def better(self) -> bool:
        """Whether the neighbour is surely better."""
        if self.count < LEAST:
            return False
        mean = self.total / self.count
        variance = max(0.0, self.squares / self.count - mean * mean)
        return mean > SURE * sqrt(variance / self.count)


@dataclass(slots=True)
class WarpChoice:
    """Climbs to the step that fits, a stretch of speech at a time."""

    step: int = AS_IT_IS
    """The step in force, a place in ``WARPS``."""
    _gains: dict[int, Gain] = field(init=False, repr=False, default_factory=dict)
    """Of the neighbours."""
    _next: int = field(init=False, repr=False, default=-1)
    """Which neighbour comes next: the one below or above, -1 or 1."""
    _every: int = field(init=False, repr=False, default=EVERY)
    _waits: int = field(init=False, repr=False, default=EVERY)
    """Stretches until one is heard twice."""

    def neighbour(self) -> int | None:
        """Say with which other step the stretch that just ended is to be heard; None: with none."""
        self._waits -= 1
        if self._waits > 0:
            return None
        self._waits = self._every
        there = [way for way in (self._next, -self._next) if 0 <= self.step + way < len(WARPS)]
        self._next = -there[0]
        return self.step + there[0]

    def learn(self, neighbour: int, gain: float) -> None:
        """Take how much surer the model was with a neighbour, and move if that is settled."""
        known = self._gains.setdefault(neighbour, Gain())
        known.add(gain)
        if known.better:
            self._next, self.step = neighbour - self.step, neighbour
            self._gains.clear()
            self._every = self._waits = EVERY
        elif all(self._known(way) >= ENOUGH for way in (-1, 1)):
            self._every = min(2 * self._every, SELDOM)
            for known in self._gains.values():
                known.forget()

    def _known(self, way: int) -> float:
        neighbour = self.step + way
        if not 0 <= neighbour < len(WARPS):
            return ENOUGH
        return self._gains[neighbour].count if neighbour in self._gains else 0.0

"""How long to wait before the next try to connect."""

import random
from collections.abc import Callable
from typing import Final

STEADY_S: Final = 30.0
"""A connection that lasted less counts as a failure, though the login succeeded."""
LONGEST_S: Final = 60.0
_LARGEST: Final = 6
"""Power of two that is beyond the longest pause."""


class Backoff:
    """Pauses that double with every failure, with jitter.

    Hundreds of desks must not come back in the same second, so the second half of each pause is
    left to chance ("equal jitter": M. Brooker, Exponential Backoff and Jitter, 2015).
    """

    def __init__(self, draw: Callable[[], float] = random.random) -> None:
        """Begin without a failure; ``draw`` gives numbers from 0 to 1."""
        self._draw = draw
        self.failures = 0
        """In a row."""
        self._pause = 0.0

    def failed(self) -> float:
        """Count a failure; seconds to wait now."""
        self.failures += 1
        longest = min(LONGEST_S, 2.0 ** min(self.failures, _LARGEST))
        self._pause = longest * (0.5 + 0.5 * self._draw())
        return self._pause

    def is_steady(self, lasted: float) -> bool:
        """Whether a connection of so many seconds is worth beginning afresh.

        Two clients with one name throw each other out after each other's pauses; so it must
        outlast those.
        """
        return lasted >= max(STEADY_S, 2 * self._pause)

    def ended(self, lasted: float) -> float:
        """Count a connection that lasted so many seconds; seconds to wait now."""
        if self.is_steady(lasted):
            self.failures = 0
        return self.failed()

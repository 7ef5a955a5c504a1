"""Reports on which the broker hangs up, time and again: they are left out for an hour."""

import time
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Final

from firmware_py.outbox.quarantine import TRIES

AGAIN_S: Final = 3600.0
"""Seconds until a report that was left out is tried again."""


class HangUps:
    """Counts, by topic, how often in a row the line was lost just after a report was sent."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        """Begin with none."""
        self._monotonic = monotonic
        self._times = Counter[str]()
        self._until: dict[str, float] = {}
        """Topic -> when it may be tried again."""

    def blame(self, topics: Iterable[str]) -> None:
        """Note that the broker hung up while these were on their way."""
        self._times.update(topics := [*topics])
        for one in topics:
            if self._times[one] >= TRIES:
                self._until[one] = self._monotonic() + AGAIN_S

    def taken(self, topic: str) -> None:
        """Note that the broker took one: it was something else."""
        self._times.pop(topic, None)
        self._until.pop(topic, None)

    def leaves_out(self, topic: str) -> bool:
        """Whether a report is not to be sent now."""
        return self._monotonic() < self._until.get(topic, 0.0)

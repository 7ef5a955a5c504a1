"""Says in the log how many messages were malformed: at once, then no more than once an hour."""

import logging
import time
from collections.abc import Callable
from typing import Final

from firmware_py.fleet.broker.reading import Tally

_log = logging.getLogger(__name__)

EVERY_S: Final = 3600.0


class MalformedLog:
    """One desk that is wrong each minute must not hide what else the log has to say."""

    def __init__(self, tally: Tally, monotonic: Callable[[], float] = time.monotonic) -> None:
        """Report on a tally; ``monotonic`` gives seconds."""
        self._tally, self._monotonic = tally, monotonic
        self._said, self._next = 0, monotonic()

    def look(self) -> None:
        """Say what is new, if it is time to."""
        new = self._tally.malformed - self._said
        if not new or self._monotonic() < self._next:
            return
        self._said += new
        self._next = self._monotonic() + EVERY_S
        _log.warning(
            "%d messages are not as the contract says and were left out; the last: %s",
            new,
            self._tally.last,
        )

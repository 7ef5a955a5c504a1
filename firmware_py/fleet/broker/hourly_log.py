"""Says in the log how much a counter has grown: at once, then no more than once an hour."""

import logging
import time
from collections.abc import Callable
from typing import Final

_log = logging.getLogger(__name__)

EVERY_S: Final = 3600.0


class HourlyLog:
    """One desk that is wrong each minute must not hide what else the log has to say."""

    def __init__(self, what: str, monotonic: Callable[[], float] = time.monotonic) -> None:
        """Prepare.

        Args:
            what: what is counted, to stand after the number.
            monotonic: seconds.
        """
        self._what, self._monotonic = what, monotonic
        self._said, self._next = 0, monotonic()

    def look(self, count: int, last: str = "") -> None:
        """Say what is new, if it is time to.

        Args:
            count: of all since the start.
            last: about the last of them.
        """
        if count == self._said or self._monotonic() < self._next:
            return
        more = f"; the last: {last}" if last else ""
        _log.warning("%d %s%s", count - self._said, self._what, more)
        self._said, self._next = count, self._monotonic() + EVERY_S

"""The uplink's lines in the journal: a handful a minute, however often the line breaks."""

import logging
import time
from collections import deque
from collections.abc import Callable
from typing import Final

LINES: Final = 5
"""Lines within a minute."""
_MINUTE_S: Final = 60.0

_log = logging.getLogger(__name__)


class Journal:
    """Writes lines that say something new; holds the rest back and says how many."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        """Begin with nothing written."""
        self._monotonic = monotonic
        self._written: deque[float] = deque(maxlen=LINES)
        self._last = ""
        self._held: tuple[int, str] | None = None
        """Level and text of the last line that was held back."""
        self._count = 0

    def info(self, line: str) -> None:
        """Write what is as it should be."""
        self._take(logging.INFO, line)

    def warning(self, line: str) -> None:
        """Write what is wrong."""
        self._take(logging.WARNING, line)

    def _take(self, level: int, line: str) -> None:
        if line == self._last:
            return
        self._last = line
        self._held, self._count = (level, line), self._count + 1
        self.tick()

    def tick(self) -> None:
        """Write the line that was held back last, once there is room; to be called often."""
        now = self._monotonic()
        full = len(self._written) == LINES and now - self._written[0] < _MINUTE_S
        if self._held is None or full:
            return
        level, line = self._held
        others = f" ({self._count - 1} lines before it were held back)" if self._count > 1 else ""
        _log.log(level, "%s", line + others)
        self._written.append(now)
        self._held, self._count = None, 0

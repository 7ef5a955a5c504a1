"""Wall-clock time, at the one place where it enters."""

import time
from collections.abc import Callable


class SystemClock:
    """The machine's clock."""

    def now(self) -> float:
        """Seconds since the epoch."""
        return time.time()


class StreamTime:
    """Seconds of the stream by now, going on while no sound comes; never runs back."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        """Begin at second 0, now."""
        self._monotonic = monotonic
        self._zero = monotonic()
        self._last = 0.0

    def heard(self, at: float) -> None:
        """Note that second ``at`` of the stream is now."""
        self._zero = self._monotonic() - at

    def __call__(self) -> float:
        """Second that it is."""
        self._last = max(self._last, self._monotonic() - self._zero)
        return self._last

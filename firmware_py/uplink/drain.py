"""How fast a desk may empty its outbox: hundreds that come back in one morning share one broker."""

from collections.abc import Callable


class Drain:
    """A token bucket: some events at once, the rest at a steady rate.

    Turner, J.: New directions in communications. IEEE Communications Magazine 24 (1986).
    """

    def __init__(self, per_s: float, burst: int, monotonic: Callable[[], float]) -> None:
        """Begin full.

        Args:
            per_s: events a second in the long run.
            burst: events that may go at once after a pause.
            monotonic: seconds.
        """
        self._per_s, self._burst, self._monotonic = per_s, burst, monotonic
        self._left, self._at = float(burst), monotonic()

    @property
    def is_open(self) -> bool:
        """Whether one event may go now."""
        now = self._monotonic()
        self._left = min(self._burst, self._left + (now - self._at) * self._per_s)
        self._at = now
        return self._left >= 1.0

    def take(self) -> None:
        """Count one event that goes."""
        self._left -= 1.0

"""Events that the broker took while nobody subscribed to them, and so threw away.

After a power cut Mosquitto knows nothing of a collector's session until that is back; desks are
often quicker. So what came to nobody is sent once more as soon as somebody hears its topic.
"""

from collections.abc import Callable
from typing import Final

from firmware_py.uplink.reasons import NOBODY

MOST: Final = 1000
"""Events of one topic that are remembered, the newest."""


class Unheard:
    """Remembers them, by topic, while the uplink runs."""

    def __init__(self) -> None:
        """Begin with none."""
        self._rows: dict[str, dict[int, None]] = {}

    def answered(self, topic: str, row: int, code: int, again: Callable[[list[int]], None]) -> None:
        """Take the broker's word on an event that it took.

        Args:
            topic: the event's.
            row: its number.
            code: below that of failures.
            again: takes the numbers of those that somebody would hear now.
        """
        rows = self._rows.setdefault(topic, {})
        if code == NOBODY:
            rows[row] = None
            if len(rows) > MOST:
                del rows[next(iter(rows))]
            return
        rows.pop(row, None)
        if rows:
            del self._rows[topic]
            again([*rows])

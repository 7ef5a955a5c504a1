"""What the uplink did with events, until the disk says so, too."""

import contextlib
import time
from typing import Final

from firmware_py.outbox import reserve
from firmware_py.outbox.connection import DatabaseConnection
from firmware_py.outbox.database import FullError, OutboxError
from firmware_py.outbox.room import use_reserve

_SCARCE_S: Final = 10.0
"""Seconds between two writings once the disk is full: every transaction takes room."""
_TOGETHER: Final = 50
"""Events of one transaction, so that its pages fit into what a full disk has left."""


class DeliveryNotes:
    """Which events were tried and sent; what the disk refuses waits in memory."""

    def __init__(self, connection: DatabaseConnection) -> None:
        """Begin with nothing noted."""
        self._db = connection
        self._scarce, self._next = False, 0.0
        self.tried: set[int] = set()
        """Ids of events that may have arrived."""
        self.sent: dict[int, float] = {}
        """Ids of events that the broker has, and since when, in seconds since the epoch."""

    def clear(self) -> None:
        """Begin anew: what was noted is about a database that was put aside."""
        self.tried.clear()
        self.sent.clear()

    def settle(self) -> None:
        """Write what was noted; where the disk refuses, it waits for the next time."""
        if not (self.tried or self.sent) or time.monotonic() < self._next:
            return
        with contextlib.suppress(OutboxError):
            try:
                self._write()
            except FullError:
                if not use_reserve(self._db):
                    raise
                self._scarce = True
                self._write()
        if self._scarce:
            self._scarce = not reserve.is_laid(self._db.path)
            self._next = time.monotonic() + _SCARCE_S

    def hurry(self) -> None:
        """Write with the next :meth:`settle`, however little room there is."""
        self._next = 0.0

    def _write(self) -> None:
        while some := sorted({*self.tried, *self.sent})[:_TOGETHER]:
            self._write_some(some)
            if self._scarce:  # so that the log begins anew and does not grow
                self._db.checkpoint()

    def _write_some(self, numbers: list[int]) -> None:
        tried = [(one,) for one in numbers if one in self.tried]
        sent = [(self.sent[one], one) for one in numbers if one in self.sent]
        with self._db.writing() as db:
            db.executemany("UPDATE event SET tried = 1 WHERE id = ?", tried)
            db.executemany("UPDATE event SET sent = ? WHERE id = ?", sent)
        self.tried.difference_update(numbers)
        for _, number in sent:
            self.sent.pop(number, None)  # gone where the database was found to be another

"""The outbox: the events' shelf on disk between ear and uplink, which outlives a power cut.

One SQLite database, written by the ear and emptied by the uplink. Write-ahead log and full
synchronisation: an event that was accepted is on the disk. A disk that is full, read-only or gone
stops nobody: the outbox is opened again with the next try, and what the uplink notes waits in
memory.
"""

import contextlib
import errno
import json
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from firmware_py.core.clock import Epoch, machine_epoch
from firmware_py.outbox import last_word, reserve
from firmware_py.outbox.connection import DatabaseConnection
from firmware_py.outbox.database import TIME_OF, FullError, OutboxError
from firmware_py.outbox.dating import correct_undated, note_undated
from firmware_py.outbox.event import Event, is_ours, read_event
from firmware_py.outbox.notes import DeliveryNotes
from firmware_py.outbox.privacy import PRIVATE, Privacy
from firmware_py.outbox.quarantine import IN_QUARANTINE, UNREADABLE, Quarantine
from firmware_py.outbox.room import keep_within, let_go_sent
from firmware_py.outbox.rows import Counts, Row
from firmware_py.settings.config import LightOnly

_BODY: Final = "CAST(body AS BLOB)"
"""As it lies on disk, be it no UTF-8."""

__all__ = ["Counts", "Outbox", "OutboxError", "Row"]


class Outbox:
    """The shelf; several processes may have it open."""

    def __init__(
        self,
        path: Path,
        max_events: int = 100_000,
        now: Callable[[], float] = time.time,
        *,
        epoch: Callable[[], Epoch] = machine_epoch,
        read_only: bool = False,
        light_only: LightOnly = LightOnly.OFF,
    ) -> None:
        """Open it, making it if it is not there; a broken one is moved aside.

        What cannot be opened now is tried again whenever something is to be read or written.

        Args:
            path: the database.
            max_events: most events kept, sent and unsent together.
            now: seconds since the epoch.
            epoch: what the clock counts from.
            read_only: leave it as it is, for whoever only looks.
            light_only: whether what is found may stay here.
        """
        self.path, self._max, self._now, self._epoch = path, max_events, now, epoch
        self._db = DatabaseConnection(path, read_only=read_only)
        self._notes = DeliveryNotes(self._db)
        self._db.forget = self._notes.clear
        self.quarantine = Quarantine(self._db.read, self._db.writing)
        """Events that the broker refuses."""
        self.privacy = Privacy(light_only, self._db.read, self._db.writing)
        """Events that stay here."""

    @property
    def problem(self) -> str:
        """Why nothing can be written, or what was found damaged; one line, empty if nothing."""
        return self._db.problem

    def append(self, *events: Event, private: bool | None = None) -> None:
        """Put events on the shelf, all or none; when this returns they are on the disk.

        Args:
            events: what was found.
            private: whether they stay here for good; None: if light only is on.

        Raises:
            OutboxError: they are not, for the disk is full or gone.
        """
        if not reserve.lay(self.path) and not let_go_sent(self._db, len(events)):
            raise self._db.failed("written", OSError(errno.ENOSPC, "no room is left"))
        try:
            self._append(events, private)
        except FullError:
            if not let_go_sent(self._db, len(events)):
                raise
            self._append(events, private)

    def _append(self, events: Sequence[Event], private: bool | None) -> None:
        bodies = [json.dumps(one, ensure_ascii=False, separators=(",", ":")) for one in events]
        with self._db.writing() as db:
            if private is None:
                private = self.privacy.is_on_within(db)
            for event, body in zip(events, bodies, strict=True):
                now = self._now()
                insert = "INSERT INTO event (body, kept, sent) VALUES (?, ?, ?)"
                row = db.execute(insert, (body, now, now if private else None))
                if private:  # twice safe: it counts as dealt with, and stands in a list
                    db.execute("INSERT INTO private VALUES (?)", (row.lastrowid,))
                if "clock" in event:
                    note_undated(db, row.lastrowid, self._epoch())
            keep_within(db, self._max)

    def date(self, epoch: Epoch) -> int:
        """Correct the time of events from before the clock was set, and send them (again).

        Args:
            epoch: what the time of this boot really counts from.

        Returns:
            How many were dated.

        Raises:
            OutboxError: it cannot be written.
        """
        with self._db.writing() as db:
            return correct_undated(db, epoch)

    def pending(self, limit: int = 100, after: int = 0) -> list[Row]:
        """Unsent events with an id beyond ``after``, oldest first; none from the quarantine."""
        self._notes.settle()
        most = limit + len(self._notes.sent)
        waiting = f"sent IS NULL AND id > ? AND NOT {IN_QUARANTINE} AND id NOT IN ({PRIVATE})"
        found = self._read(f"{waiting} ORDER BY id LIMIT ?", (after, most))
        for number in (number for number, row in found.items() if row is None):
            with contextlib.suppress(OutboxError):
                self.quarantine.refused(number, UNREADABLE, tries=1)
        rows = (row for row in found.values() if row)
        return [row for row in rows if row.id not in self._notes.sent][:limit]

    def history(self, limit: int = 1000, after: int = 0) -> list[Row]:
        """Events with an id beyond ``after``, sent or not, oldest first."""
        return self._rows("id > ? ORDER BY id LIMIT ?", (after, limit))

    def latest(self, limit: int = 50) -> list[Row]:
        """The last events, sent or not, oldest first."""
        return self._rows("1 ORDER BY id DESC LIMIT ?", (limit,))[::-1]

    def since(self, time: str) -> list[Row]:
        """Events that happened at a time, ISO 8601 in UTC, or later, as they came."""
        return self._rows(f"{TIME_OF} >= ? ORDER BY id", (time,))

    def find(self, key: str, value: str) -> list[Row]:
        """Events with this value of a CloudEvent's attribute, as they came."""
        found = "iif(json_valid(body), json_extract(body, ?), NULL) = ? ORDER BY id"
        return self._rows(found, (f"$.{key}", value))

    def last_id(self) -> int:
        """Id of the newest event, or 0."""
        return int(self._db.read("SELECT max(id) FROM event")[0][0] or 0)

    def newest_first(self) -> Iterator[Event]:
        """Every event by the time it tells, the newest first, one at a time.

        Raises:
            OutboxError: the outbox cannot be read.
        """
        query = f"SELECT {_BODY} FROM event WHERE {TIME_OF} IS NOT NULL ORDER BY {TIME_OF} DESC"
        try:
            found = self._db.connect().execute(query)
            events = (read_event(body) for (body,) in found)
            yield from (one for one in events if one and is_ours(one))
        except sqlite3.Error as error:
            raise self._db.failed("read", error) from None

    def _rows(self, condition: str, values: tuple[object, ...]) -> list[Row]:
        found = self._read(condition, values).values()
        return [row for row in found if row and is_ours(row.event)]

    def _read(self, condition: str, values: tuple[object, ...]) -> dict[int, Row | None]:
        """Rows by their number; None for what is damaged."""
        columns = f"id, {_BODY}, kept, tried, sent, id IN ({PRIVATE})"
        found = self._db.read(f"SELECT {columns} FROM event WHERE {condition}", values)
        return {row[0]: self._row(*row) for row in found}

    def _row(
        self, number: int, body: bytes, kept: float, tried: int, sent: float | None, private: int
    ) -> Row | None:
        event = read_event(body)
        was_tried = bool(tried) or number in self._notes.tried
        sent = None if private else sent
        return Row(number, event, kept, was_tried, sent, bool(private)) if event else None

    def trying(self, number: int) -> None:
        """Note that an event is about to be sent: from now on it may arrive twice."""
        self._notes.tried.add(number)
        self._notes.settle()

    def acknowledge(self, number: int) -> None:
        """Note that the broker has it: it is never given out again."""
        self._notes.sent[number] = self._now()
        self._notes.settle()

    def doubt(self, numbers: Sequence[int]) -> None:
        """Take back that the broker has these, unless the disk refuses; they go out again."""
        for number in numbers:
            self._notes.sent.pop(number, None)
        with contextlib.suppress(OutboxError), self._db.writing() as db:
            db.executemany("UPDATE event SET sent = NULL WHERE id = ?", [(n,) for n in numbers])

    def counts(self) -> Counts:
        """How full the shelf is."""
        ((pending, sent),) = self._db.read("SELECT pending, sent FROM tally")
        waiting, aside = len(self._notes.sent), self.quarantine.count()
        dropped, here = self._dropped(), self.privacy.count()
        return Counts(pending - waiting - aside, sent + waiting - here, dropped, aside, here)

    def put_status(self, key: str, value: Any) -> None:
        """Leave word for the other process; raises OutboxError if it cannot be written."""
        last_word.put(self.path, key, value)

    def status(self, key: str) -> Any:
        """Last word under a key, or None; raises OutboxError if it may not be read."""
        return last_word.get(self.path, key)

    def ear(self) -> dict[str, Any] | None:
        """The ear's last word, as far as it can be relied on; None if there is none to be read."""
        with contextlib.suppress(OutboxError):
            word = self.status("ear")
            return None if word is None else last_word.sound(word)
        return None

    def _dropped(self) -> int:
        found = self._db.read("SELECT value FROM status WHERE key = 'dropped'")
        return int(found[0][0]) if found else 0

    def close(self) -> None:
        """Write what is still to be noted, and close the database."""
        self._notes.hurry()
        self._notes.settle()
        self._db.close()

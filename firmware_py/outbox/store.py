"""The outbox: the shelf on disk between ear and post, which keeps events through a power cut.

One SQLite database, written by the ear and emptied by the post. Write-ahead log and full
synchronisation: an event that was accepted is on the disk.
"""

import json
import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from firmware_py.core.errors import DeskcueError
from firmware_py.outbox.event import Event

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS event (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    body TEXT NOT NULL,
    kept REAL NOT NULL,
    tried INTEGER NOT NULL DEFAULT 0,
    sent REAL
);
CREATE INDEX IF NOT EXISTS unsent ON event (id) WHERE sent IS NULL;
CREATE TABLE IF NOT EXISTS status (key TEXT PRIMARY KEY, value TEXT NOT NULL);
INSERT OR IGNORE INTO status VALUES ('dropped', '0');
"""
_BUSY_S: Final = 5.0


class OutboxError(DeskcueError):
    """The outbox cannot be read or written."""


@dataclass(frozen=True, slots=True)
class Row:
    """An event on the shelf."""

    id: int
    """Counts up for ever."""
    event: Event
    kept: float
    """Seconds since the epoch at which it was put there."""
    tried: bool
    """Whether the post has tried to send it before."""
    sent: float | None
    """Seconds since the epoch at which the broker acknowledged it."""


@dataclass(frozen=True, slots=True)
class Counts:
    """How full the shelf is."""

    pending: int
    sent: int
    """Of those that are still kept as history."""
    dropped: int
    """Events given up for want of room, since the outbox was made."""


class Outbox:
    """The shelf; several processes may have it open."""

    def __init__(
        self, path: Path, max_events: int = 100_000, now: Callable[[], float] = time.time
    ) -> None:
        """Open it, making it if it is not there; a broken one is moved aside.

        Args:
            path: the database.
            max_events: most events kept, sent and unsent together.
            now: seconds since the epoch.

        Raises:
            OutboxError: it cannot be made or opened there.
        """
        self._path = path
        self._max = max_events
        self._now = now
        self.problem = ""
        """What was wrong with the outbox that was found, one line; empty if nothing."""
        try:
            self._db = self._open()
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError):
                raise self._error("opened", error) from None
            self.problem = self._put_aside()
            self._db = self._open()

    def _open(self) -> sqlite3.Connection:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise self._error("made", error) from None
        db = sqlite3.connect(
            self._path, timeout=_BUSY_S, isolation_level=None, check_same_thread=False
        )
        try:
            db.execute("PRAGMA journal_mode=WAL")
            db.execute("PRAGMA synchronous=FULL")
            db.executescript(_SCHEMA)
            if db.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
                raise sqlite3.DatabaseError("damaged")
        except sqlite3.Error:
            db.close()
            raise
        return db

    def _put_aside(self) -> str:
        number = 1
        while (aside := self._path.with_name(f"{self._path.name}.broken-{number}")).exists():
            number += 1
        self._path.rename(aside)
        for suffix in ("-wal", "-shm"):
            self._path.with_name(self._path.name + suffix).unlink(missing_ok=True)
        return f"the outbox {self._path} was damaged; it is kept as {aside.name}, a new one begins"

    def _error(self, verb: str, error: Exception) -> OutboxError:
        reason = getattr(error, "strerror", None) or str(error)
        hint = "free some space" if "full" in reason else "check the path, its owner and the disk"
        return OutboxError(f"the outbox {self._path} cannot be {verb} ({reason}); {hint}")

    def append(self, event: Event) -> None:
        """Put an event on the shelf; when this returns it is on the disk.

        Raises:
            OutboxError: it is not, for the disk is full or gone.
        """
        body = json.dumps(event, ensure_ascii=False, separators=(",", ":"))
        try:
            with self._db:
                self._db.execute("BEGIN IMMEDIATE")
                self._db.execute(
                    "INSERT INTO event (body, kept) VALUES (?, ?)", (body, self._now())
                )
                self._make_room()
        except sqlite3.Error as error:
            raise self._error("written", error) from None

    def _make_room(self) -> None:
        """Let go what is too much: sent events first, then the oldest unsent ones."""
        (count,) = self._db.execute("SELECT count(*) FROM event").fetchone()
        if count <= self._max:
            return
        old = "SELECT id FROM event ORDER BY sent IS NULL, id LIMIT ?"
        (unsent,) = self._db.execute(
            f"SELECT count(*) FROM event WHERE id IN ({old}) AND sent IS NULL", (count - self._max,)
        ).fetchone()
        self._db.execute(f"DELETE FROM event WHERE id IN ({old})", (count - self._max,))
        self._db.execute(
            "UPDATE status SET value = CAST(value AS INTEGER) + ? WHERE key = 'dropped'", (unsent,)
        )

    def pending(self, limit: int = 100, after: int = 0) -> list[Row]:
        """Unsent events with an id beyond ``after``, oldest first."""
        return self._rows("sent IS NULL AND id > ? ORDER BY id LIMIT ?", (after, limit))

    def history(self, limit: int = 1000, after: int = 0) -> list[Row]:
        """Events with an id beyond ``after``, sent or not, oldest first."""
        return self._rows("id > ? ORDER BY id LIMIT ?", (after, limit))

    def latest(self, limit: int = 50) -> list[Row]:
        """The last events, sent or not, oldest first."""
        return self._rows("1 ORDER BY id DESC LIMIT ?", (limit,))[::-1]

    def _rows(self, condition: str, values: tuple[int, ...]) -> list[Row]:
        try:
            found = self._db.execute(
                f"SELECT id, body, kept, tried, sent FROM event WHERE {condition}", values
            ).fetchall()
        except sqlite3.Error as error:
            raise self._error("read", error) from None
        return [
            Row(number, json.loads(body), kept, bool(tried), sent)
            for number, body, kept, tried, sent in found
        ]

    def trying(self, number: int) -> None:
        """Note that an event is about to be sent: from now on it may arrive twice."""
        self._write("UPDATE event SET tried = 1 WHERE id = ?", (number,))

    def acknowledge(self, number: int) -> None:
        """Note that the broker has it."""
        self._write("UPDATE event SET sent = ? WHERE id = ?", (self._now(), number))

    def counts(self) -> Counts:
        """How full the shelf is."""
        query = "SELECT count(*) - count(sent), count(sent) FROM event"
        try:
            pending, sent = self._db.execute(query).fetchone()
        except sqlite3.Error as error:
            raise self._error("read", error) from None
        return Counts(pending, sent, int(self.status("dropped") or 0))

    def put_status(self, key: str, value: Any) -> None:
        """Leave word for the other process; the last word of each key stays."""
        self._write("REPLACE INTO status VALUES (?, ?)", (key, json.dumps(value)))

    def status(self, key: str) -> Any:
        """Last word under a key, or None."""
        try:
            found = self._db.execute("SELECT value FROM status WHERE key = ?", (key,)).fetchone()
        except sqlite3.Error as error:
            raise self._error("read", error) from None
        return json.loads(found[0]) if found else None

    def _write(self, statement: str, values: tuple[object, ...]) -> None:
        try:
            self._db.execute(statement, values)
        except sqlite3.Error as error:
            raise self._error("written", error) from None

    def close(self) -> None:
        """Close the database."""
        self._db.close()

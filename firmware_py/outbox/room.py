"""Makes room in the outbox: below its most events, and on a disk that is full.

Events that were sent go first. On a full disk even that takes room: to delete, in SQLite's log; to
empty the log, in the database. So no event takes the last of the disk, which is kept for that and
for the notes of what is sent: as a reserve, or free while the reserve was given away.
"""

import sqlite3
from typing import Final

from firmware_py.outbox import reserve
from firmware_py.outbox.connection import DatabaseConnection
from firmware_py.outbox.database import OutboxError

_LET_GO: Final = "DELETE FROM event WHERE id IN (SELECT id FROM event WHERE {} ORDER BY id LIMIT ?)"
_AT_ONCE: Final = 200
"""Sent events that a full disk lets go together; each frees a page or more."""
_FOR_NOTES: Final = 128
"""Pages that stay free for the indexes when events are sent: the database must not grow then."""


def keep_within(db: sqlite3.Connection, most: int) -> None:
    """Let go what is too much: sent events first, then the oldest unsent ones, and count these."""
    (count,) = db.execute("SELECT pending + sent FROM tally").fetchone()
    if count <= most:
        return
    gone = db.execute(_LET_GO.format("sent IS NOT NULL"), (count - most,)).rowcount
    left = count - most - gone
    if left:
        db.execute(_LET_GO.format("sent IS NULL"), (left,))
        db.execute(
            "UPDATE status SET value = CAST(value AS INTEGER) + ? WHERE key = 'dropped'", (left,)
        )


def use_reserve(connection: DatabaseConnection) -> bool:
    """Give the reserve's room to the database, and empty the log into it; False if that fails."""
    return reserve.release(connection.path) and connection.checkpoint()


def let_go_sent(connection: DatabaseConnection, events: int) -> bool:
    """Let the oldest sent events go, unless enough pages are free; whether there may be room now.

    Args:
        connection: to a database whose disk is full.
        events: how many must find room; each takes a page, seldom two.
    """
    needed = 2 * events + _FOR_NOTES
    try:
        free = connection.read("PRAGMA freelist_count")[0][0]
        if free < needed and not connection.read("SELECT sent FROM tally")[0][0]:
            return False  # the reserve stays for the notes of what is sent next
        reserve.release(connection.path)
        connection.checkpoint()
        if free < needed:
            with connection.writing() as db:
                db.execute(_LET_GO.format("sent IS NOT NULL"), (max(needed, _AT_ONCE),))
        return connection.checkpoint()
    except OutboxError:
        return False

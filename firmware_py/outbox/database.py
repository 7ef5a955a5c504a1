"""The outbox's database file: made, opened, opened to read alone, put aside when damaged."""

import contextlib
import errno
import os
import sqlite3
import stat
import time
from pathlib import Path
from typing import Final

from firmware_py.core.access import nearest, remedy
from firmware_py.core.errors import DeskcueError

TIME_OF: Final = "iif(json_valid(body), json_extract(body, '$.time'), NULL)"
"""When an event happened, as the index has it; NULL for what is damaged, which else no DELETE would
get rid of."""
_SCHEMA: Final = """
BEGIN IMMEDIATE;
CREATE TABLE IF NOT EXISTS event (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    body TEXT NOT NULL,
    kept REAL NOT NULL,
    tried INTEGER NOT NULL DEFAULT 0,
    sent REAL
);
CREATE INDEX IF NOT EXISTS unsent ON event (id) WHERE sent IS NULL;
CREATE INDEX IF NOT EXISTS history ON event (id) WHERE sent IS NOT NULL;
DROP INDEX IF EXISTS by_time;
CREATE INDEX IF NOT EXISTS by_its_time ON event ({time_of});
CREATE TABLE IF NOT EXISTS refusal (
    event INTEGER PRIMARY KEY,
    tries INTEGER NOT NULL,
    reason TEXT NOT NULL,
    quarantined INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS undated (event INTEGER PRIMARY KEY, epoch REAL, boot TEXT NOT NULL);
-- What was found while the desk kept it to itself; none of it is ever sent.
CREATE TABLE IF NOT EXISTS private (event INTEGER PRIMARY KEY);
CREATE TRIGGER IF NOT EXISTS private_goes AFTER DELETE ON event BEGIN
    DELETE FROM private WHERE event = OLD.id;
END;
CREATE TABLE IF NOT EXISTS status (key TEXT PRIMARY KEY, value TEXT NOT NULL);
INSERT OR IGNORE INTO status VALUES ('dropped', '0');
-- Counting a full outbox reads every page of it, so the numbers are kept up to date instead.
CREATE TABLE IF NOT EXISTS tally (pending INTEGER NOT NULL, sent INTEGER NOT NULL);
INSERT INTO tally SELECT
    (SELECT count(*) FROM event WHERE sent IS NULL),
    (SELECT count(*) FROM event WHERE sent IS NOT NULL)
    WHERE NOT EXISTS (SELECT 1 FROM tally);
CREATE TRIGGER IF NOT EXISTS event_comes AFTER INSERT ON event BEGIN
    UPDATE tally SET pending = pending + (NEW.sent IS NULL), sent = sent + (NEW.sent IS NOT NULL);
END;
CREATE TRIGGER IF NOT EXISTS event_goes AFTER DELETE ON event BEGIN
    UPDATE tally SET pending = pending - (OLD.sent IS NULL), sent = sent - (OLD.sent IS NOT NULL);
END;
CREATE TRIGGER IF NOT EXISTS event_is_sent AFTER UPDATE OF sent ON event BEGIN
    UPDATE tally SET pending = pending + (NEW.sent IS NULL) - (OLD.sent IS NULL),
        sent = sent + (NEW.sent IS NOT NULL) - (OLD.sent IS NOT NULL);
END;
COMMIT;
"""
_LOG_PAGES: Final = 256
"""The log is emptied from here on: a longer one costs less, but a full disk must hold it."""
_BUSY_S: Final = 5.0
_DAMAGED: Final = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_MAGIC: Final = b"SQLite format 3\0"
_PASSING: Final = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


class OutboxError(DeskcueError):
    """The outbox cannot be read or written."""


class FullError(OutboxError):
    """The outbox cannot be written, for its disk is full."""


def outbox_error(path: Path, verb: str, error: Exception) -> OutboxError:
    """Say in one line what could not be done, and what to do about it."""
    reason = getattr(error, "strerror", None) or str(error)
    line = f"the outbox {path} cannot be {verb} ({reason})"
    there = nearest(path)
    disk = os.statvfs(there)
    if _says_full(error) or not disk.f_bavail:
        return FullError(f"{line}; the disk is full: free some space")
    if disk.f_flag & os.ST_RDONLY:
        hint = "its disk is read-only: see dmesg, then sudo mount -o remount,rw"
    elif not os.access(there, os.R_OK | os.W_OK):
        hint = remedy(path)
    else:
        hint = "check the path, its owner and the disk"
    return OutboxError(f"{line}; {hint}")


def _says_full(error: Exception) -> bool:
    return _code(error) == sqlite3.SQLITE_FULL or getattr(error, "errno", 0) == errno.ENOSPC


def is_damaged(error: sqlite3.Error) -> bool:
    """Whether an error says that the file is no sound database."""
    return _code(error) in _DAMAGED


def is_passing(error: sqlite3.Error) -> bool:
    """Whether an error leaves the connection as good as it was."""
    return _code(error) in _PASSING


def _code(error: Exception) -> int:
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF


def open_database(path: Path, *, check: bool) -> sqlite3.Connection:
    """Open the database, making what is not there.

    Args:
        path: its file.
        check: whether to look through the whole file for damage.

    Raises:
        OSError, sqlite3.Error: it cannot be done, or it is damaged.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists() and not path.is_file():
        raise OSError(errno.EINVAL, "it is a folder or a device")
    db = sqlite3.connect(path, timeout=_BUSY_S, isolation_level=None, check_same_thread=False)
    try:
        _check_owner(db)
        # Small ones: each event touches a dozen, and every one of them is written to the card.
        db.execute("PRAGMA page_size=1024")
        db.execute("PRAGMA journal_mode=WAL")
        db.execute("PRAGMA synchronous=FULL")
        db.execute(f"PRAGMA wal_autocheckpoint={_LOG_PAGES}")
        db.executescript(_SCHEMA.format(time_of=TIME_OF))
        if check and db.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
            raise _damaged()
    except sqlite3.Error:
        db.close()
        raise
    return db


def _check_owner(db: sqlite3.Connection) -> None:
    """Lay nothing into another program's database, which the settings may name by mistake."""
    tables = {name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if tables and "event" not in tables:
        raise sqlite3.OperationalError("it is another program's database")


def _damaged() -> sqlite3.DatabaseError:
    error = sqlite3.DatabaseError("damaged")
    error.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
    return error


def open_read_only(path: Path) -> sqlite3.Connection:
    """Open a database that is there, to read alone: works on a read-only or full card, too.

    Raises:
        sqlite3.Error: it cannot be done.
    """
    try:
        return _readable(path, "mode=ro")
    except sqlite3.OperationalError:
        # SQLite wants to lay its index of the log beside the database. Where that cannot be,
        # nobody can write to it either, so it may be read as it is.
        if os.access(path.parent, os.W_OK) and not _rests(path):
            raise
        return _readable(path, "immutable=1")


def _rests(path: Path) -> bool:
    """Whether all is in the database itself: its log is empty."""
    log = path.with_name(f"{path.name}-wal")
    return not log.exists() or not log.stat().st_size


def _readable(path: Path, how: str) -> sqlite3.Connection:
    uri = f"{path.absolute().as_uri()}?{how}"
    db = sqlite3.connect(uri, uri=True, timeout=_BUSY_S, check_same_thread=False)
    try:
        db.execute("SELECT 1 FROM event LIMIT 1")
    except sqlite3.Error:
        db.close()
        raise
    return db


def may_be_ours(path: Path) -> bool:
    """Whether a file that is no sound database was one, so that it may be put aside.

    Else the settings name some other file, which is nobody's to move.
    """
    with path.open("rb") as file:
        return file.read(len(_MAGIC)) == _MAGIC or path.suffix == ".db"


def put_aside(path: Path) -> Path:
    """Move a damaged database aside, with its log, which may hold the newest; where to."""
    number = 1
    while (aside := path.with_name(f"{path.name}.broken-{number}")).exists():
        number += 1
    path.rename(aside)
    with contextlib.suppress(FileNotFoundError):
        path.with_name(f"{path.name}-wal").rename(aside.with_name(f"{aside.name}-wal"))
    path.with_name(f"{path.name}-shm").unlink(missing_ok=True)
    _make_like(path, aside.stat())
    return aside


def _make_like(path: Path, other: os.stat_result) -> None:
    """Make an empty file for whom the other was: sudo deskcue doctor may be who found the damage.

    SQLite takes it for a new database, and gives what it lays beside it to the same user.
    """
    path.touch()
    with contextlib.suppress(PermissionError):
        path.chmod(stat.S_IMODE(other.st_mode))
        os.chown(path, other.st_uid, other.st_gid)


def number_anew(db: sqlite3.Connection) -> None:
    """Number events of a new database beyond those of the one before: some may be on their way."""
    db.execute(
        "INSERT INTO sqlite_sequence SELECT 'event', ?"
        " WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'event')",
        (int(time.time()),),
    )

"""The outbox's connection to its database, opened again with the next try after any trouble."""

import contextlib
import logging
import sqlite3
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from firmware_py.core.access import identity
from firmware_py.outbox import reserve
from firmware_py.outbox.database import (
    OutboxError,
    is_damaged,
    is_passing,
    may_be_ours,
    number_anew,
    open_database,
    open_read_only,
    outbox_error,
    put_aside,
)
from firmware_py.outbox.salvage import salvage

_log = logging.getLogger(__name__)


class DatabaseConnection:
    """Reads where it can, writes as soon as it can, and says in one line why it cannot."""

    def __init__(self, path: Path, *, read_only: bool) -> None:
        """Open the database; what cannot be opened now is tried again later.

        Args:
            path: its file.
            read_only: leave it as it is.
        """
        self.path, self._read_only = path, read_only
        self.forget: Callable[[], None] = lambda: None
        """Called when a damaged one was put aside."""
        self._lock = threading.RLock()
        self._connection: sqlite3.Connection | None = None
        self._file: tuple[int, int] | None = None
        """Which file is open."""
        self._checked = False
        self._found = ""
        self.trouble = ""
        """Why nothing can be written now, one line; empty if it can."""
        with contextlib.suppress(OutboxError):
            self.connect()

    @property
    def problem(self) -> str:
        """Why nothing can be written, or what was found damaged and not written to since."""
        return self.trouble or self._found

    def connect(self) -> sqlite3.Connection:
        """The open connection, opened again if need be.

        Raises:
            OutboxError: it cannot be opened now.
        """
        if self._connection and not self._read_only and identity(self.path) != self._file:
            self.close()  # put aside by the other process, or deleted: nobody would read it
            self.forget()
        if self._connection is None:
            try:
                self._connection = self._open()
            except (OSError, sqlite3.Error) as error:
                raise self.failed("opened", error) from None
            self.trouble = ""
        return self._connection

    def _open(self) -> sqlite3.Connection:
        if self._read_only:
            return open_read_only(self.path)
        try:
            db = self._open_or_make_room()
        except sqlite3.DatabaseError as error:
            if not is_damaged(error) or not may_be_ours(self.path):
                raise
            aside = put_aside(self.path)
            self._found = f"the outbox {self.path} was damaged; it is kept as {aside.name}"
            self.forget()
            db = open_database(self.path, check=False)
            number_anew(db)
            self._found += salvage(aside, db)
            _log.warning("%s", self._found)
        if self._file and self._file != identity(self.path):
            number_anew(db)
        self._checked, self._file = True, identity(self.path)
        reserve.lay(self.path)
        return db

    def _open_or_make_room(self) -> sqlite3.Connection:
        """Open it; a full disk gives the reserve's room for what SQLite lays beside it."""
        try:
            return open_database(self.path, check=not self._checked)
        except sqlite3.DatabaseError as error:
            if is_damaged(error) or not reserve.release(self.path):
                raise
            return open_database(self.path, check=not self._checked)

    def failed(self, verb: str, error: Exception) -> OutboxError:
        """Note what went wrong; a connection that may be broken is opened again next time."""
        if isinstance(error, sqlite3.Error) and self._connection and not is_passing(error):
            self._checked = self._checked and not is_damaged(error)
            self.close()
        told = outbox_error(self.path, verb, error)
        self.trouble = str(told)
        return told

    @contextlib.contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction.

        Raises:
            OutboxError: the disk is full or gone; nothing was written.
        """
        with self._lock:
            db = self.connect()
            try:
                with db:
                    db.execute("BEGIN IMMEDIATE")
                    yield db
            except sqlite3.Error as error:
                raise self.failed("written", error) from None
            self.trouble = self._found = ""  # the new one works: cured

    def checkpoint(self) -> bool:
        """Bring what the log holds into the database, so that the log begins anew; False if not."""
        with self._lock, contextlib.suppress(OutboxError, sqlite3.Error):
            (busy, _, _) = self.connect().execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
            return not busy
        return False

    def read(self, query: str, values: tuple[object, ...] = ()) -> list[Any]:
        """Rows of a query; reading goes on where writing does not."""
        with self._lock:
            try:
                with contextlib.suppress(OutboxError):
                    return self.connect().execute(query, values).fetchall()
                with contextlib.closing(open_read_only(self.path)) as db:
                    return db.execute(query, values).fetchall()
            except sqlite3.Error as error:
                raise self.failed("read", error) from None

    def close(self) -> None:
        """Close the connection."""
        if self._connection:
            self._connection.close()
            self._connection = None

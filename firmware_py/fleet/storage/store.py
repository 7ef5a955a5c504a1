"""Where the collector keeps events: a database by its URL, through SQLAlchemy Core.

An event is known by its source and id, as CloudEvents has it: however often it arrives, it is kept
once. One that comes again with the right time, or contested, takes the former's place.
"""

import datetime
import json
import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

import sqlalchemy as sa

from firmware_py.contract.topics import CONTEST
from firmware_py.core.access import identity
from firmware_py.fleet.broker.reading import Message
from firmware_py.fleet.storage.database import (
    StoreError,
    UnfitError,
    file_of,
    must_be_there,
    open_engine,
    parse_url,
    store_error,
)
from firmware_py.fleet.storage.migrations import migrate, must_be_current
from firmware_py.fleet.storage.rows import (
    Refusal,
    add_contest,
    add_event,
    add_refused,
    contest_row,
    event_row,
    in_order,
    refused_row,
)
from firmware_py.fleet.storage.tables import CONTESTS, EVENTS, REFUSED
from firmware_py.fleet.storage.timescale import key_columns, part_by_time, undated_twins

_log = logging.getLogger(__name__)

__all__ = ["Refusal", "Store", "StoreError", "UnfitError"]

MOST_REFUSED: Final = 10_000
"""Refused messages that are kept at most, the newest."""
_BUSY_S: Final = 5.0


class Store:
    """The database; every method is one transaction."""

    def __init__(self, url: str, now: Callable[[], datetime.datetime], busy_s: float = _BUSY_S):
        """Prepare; nothing is opened yet.

        Args:
            url: as SQLAlchemy reads it: ``sqlite:////var/lib/deskcue/events.db``,
                ``postgresql://collector@db.example.org/deskcue``.
            now: the time, UTC.
            busy_s: how long to wait for somebody else who writes.

        Raises:
            DeskcueError: the URL is none that this can use.
        """
        self._now = now
        self._url = parse_url(url)
        self._key: list[str] = []
        """What an event is known by; empty until the tables were seen."""
        self.name = self._url.render_as_string(hide_password=True)
        """The URL without its password."""
        self._engine = open_engine(self._url, busy_s)
        self._path = file_of(self._url)
        self._file: tuple[int, int] | None = None
        """Which file is open."""

    def _look_at_file(self) -> None:
        """Begin anew where the file was moved away: what is written there, nobody reads."""
        found = identity(self._path) if self._path else None
        if self._file and found != self._file:
            _log.warning("the database %s was moved or deleted; a new one is made", self.name)
            self._engine.dispose()
            self._key, self._file = [], None

    @contextmanager
    def _transaction(self) -> Iterator[sa.Connection]:
        self._look_at_file()
        try:
            with self._engine.begin() as db:
                if not self._key:
                    migrate(db)
                    part_by_time(db)
                    key = key_columns(db)
                yield db
            self._key = self._key or key
            if self._path and not self._file:
                self._file = identity(self._path)
        except sa.exc.SQLAlchemyError as error:
            raise store_error(self.name, error) from None

    def prepare(self) -> None:
        """Open it, make the tables or bring them to this version.

        Raises:
            DeskcueError: it cannot be opened, or its tables are of a newer version.
        """
        with self._transaction():
            pass

    def must_exist(self) -> None:
        """Look whether there is a database already, for whoever only reads.

        Raises:
            DeskcueError: there is none, or its tables are of another version.
        """
        must_be_there(self._url)
        try:
            with self._engine.begin() as db:
                must_be_current(db)
                self._key = key_columns(db)
        except sa.exc.SQLAlchemyError as error:
            raise store_error(self.name, error) from None

    def add(self, messages: Sequence[Message], refused: Sequence[Refusal] = ()) -> None:
        """Keep events, contests and refused messages, all or none; then they are on the disk.

        Raises:
            UnfitError: the database will never take one of them.
            StoreError: they are not kept.
        """
        with self._transaction() as db:
            kept, key = self._now(), self._key or key_columns(db)
            contests = [contest_row(one, kept) for one in messages if one.channel is CONTEST]
            events = [event_row(one, kept) for one in messages if one.channel is not CONTEST]
            if events:
                db.execute(add_event(db, key), in_order(events, "source", "id"))
            if "time" in key:
                db.execute(undated_twins())
            if contests:
                db.execute(add_contest(db), in_order(contests, "source", "id"))
            if refused:
                rows = [refused_row(one, kept) for one in refused]
                db.execute(add_refused(db), in_order(rows, "hash"))

    def forget(self, keep: datetime.timedelta) -> int:
        """Delete what was written here longer ago than that; say how many events.

        Counted from when it was written, for a desk whose clock is wrong dates as it likes.

        Raises:
            StoreError: nothing was deleted.
        """
        before = self._now() - keep
        newest = sa.select(REFUSED.c.hash).order_by(REFUSED.c.kept.desc()).limit(MOST_REFUSED)
        with self._transaction() as db:
            db.execute(sa.delete(REFUSED).where(REFUSED.c.kept < before))
            db.execute(sa.delete(REFUSED).where(REFUSED.c.hash.not_in(newest)))
            db.execute(sa.delete(CONTESTS).where(CONTESTS.c.kept < before))
            return db.execute(sa.delete(EVENTS).where(EVENTS.c.kept < before)).rowcount

    def counts(self) -> tuple[int, int]:
        """How many events are kept, and how often a message was refused.

        Raises:
            StoreError: it cannot be read.
        """
        times = sa.func.coalesce(sa.func.sum(REFUSED.c.times), 0)
        with self._transaction() as db:
            events = db.scalar(sa.select(sa.func.count()).select_from(EVENTS))
            return int(events or 0), int(db.scalar(sa.select(times)) or 0)

    def newest_first(self, *where: sa.ColumnElement[bool]) -> Iterator[dict[str, Any]]:
        """Events as they came, the newest first.

        Raises:
            StoreError: it cannot be read.
        """
        asked = sa.select(EVENTS.c.body).where(*where).order_by(EVENTS.c.time.desc())
        with self._transaction() as db:
            for body in db.execute(asked).scalars():
                yield json.loads(body)

    def rows(self, query: sa.Select[Any]) -> Sequence[Any]:
        """Whatever a query finds.

        Raises:
            StoreError: it cannot be read.
        """
        with self._transaction() as db:
            return db.execute(query).fetchall()

    def close(self) -> None:
        """Let go of it."""
        self._engine.dispose()

"""Where the collector keeps events: a database by its URL, through SQLAlchemy Core.

An event is known by its source and id, as CloudEvents has it: however often it arrives, it is kept
once. One that comes again with the right time, or contested, takes the former's place.
"""

import datetime
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite

from firmware_py.core.errors import DeskcueError
from firmware_py.fleet.reading import Message, moment
from firmware_py.fleet.tables import EVENTS, REFUSED, prepare

MOST_REFUSED: Final = 10_000
"""Refused messages that are kept at most, the newest."""
_LONGEST: Final = 4096
"""Bytes of a refused message that are kept."""
_BUSY_S: Final = 5.0


class StoreError(DeskcueError):
    """The database cannot be used now; what was to be written was not."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A message that is not as the contract says."""

    topic: str
    why: str
    payload: bytes


class Store:
    """The database; every method is one transaction."""

    def __init__(self, url: str, now: Callable[[], datetime.datetime], busy_s: float = _BUSY_S):
        """Prepare; nothing is opened yet.

        Args:
            url: as SQLAlchemy reads it: ``sqlite:////var/lib/deskcue/events.db``.
            now: the time, UTC.
            busy_s: how long to wait for somebody else who writes.

        Raises:
            DeskcueError: the URL is none that this can use.
        """
        self._now, self._prepared = now, False
        parsed = _parse(url)
        self.name = parsed.render_as_string(hide_password=True)
        """The URL without its password."""
        self._engine = sa.create_engine(parsed, connect_args={"timeout": busy_s})
        sa.event.listen(self._engine, "connect", _durable)

    @contextmanager
    def _transaction(self) -> Iterator[sa.Connection]:
        try:
            with self._engine.begin() as db:
                if not self._prepared:
                    prepare(db)
                yield db
            self._prepared = True
        except sa.exc.DBAPIError as error:
            raise StoreError(f"the database {self.name} cannot be used ({error.orig})") from None

    def prepare(self) -> None:
        """Open it and make the tables.

        Raises:
            DeskcueError: it cannot be opened, or its tables are of another version.
        """
        with self._transaction():
            pass

    def add(self, events: Sequence[Message], refused: Sequence[Refusal] = ()) -> None:
        """Keep events and refused messages, all or none; when this returns they are on the disk.

        Raises:
            StoreError: they are not.
        """
        with self._transaction() as db:
            kept = self._now()
            if events:
                db.execute(_add_event(), [_event_row(one, kept) for one in events])
            if refused:
                db.execute(_add_refused(), [_refused_row(one, kept) for one in refused])

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

    def must_exist(self) -> None:
        """Look whether there is a database already, for whoever only reads.

        Raises:
            StoreError: there is none.
        """
        path = self._engine.url.database
        if not path or not Path(path).is_file():
            raise StoreError(f"there is no database {self.name}; deskcue fleet collect makes one")

    def close(self) -> None:
        """Let go of it."""
        self._engine.dispose()


def _parse(url: str) -> sa.URL:
    try:
        parsed = sa.make_url(url)
    except sa.exc.ArgumentError:
        raise DeskcueError(f"{url!r} is no database URL; write sqlite:///events.db") from None
    if parsed.get_backend_name() != "sqlite":
        raise DeskcueError(
            f"the collector cannot keep events in {parsed.get_backend_name()} yet; write"
            " sqlite:///events.db, or four slashes before an absolute path"
        )
    return parsed


def _durable(connection: Any, _record: object) -> None:
    """Readers never wait for the writer, and what was committed outlives a power cut."""
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")


def _event_row(message: Message, kept: datetime.datetime) -> dict[str, Any]:
    event, data = message.content, message.content["data"]
    return {
        "source": event["source"],
        "id": event["id"],
        "time": moment(event),
        "kept": kept,
        "site": message.desk.site,
        "floor": message.desk.floor,
        "desk": message.desk.desk,
        "undated": "clock" in event,
        "contested": "contested" in event,
        "body": json.dumps(event, ensure_ascii=False, separators=(",", ":")),
        **{key: data.get(key) for key in ("kind", "rule", "clause", "cue", "call")},
    }


def _add_event() -> sa.Insert:
    adding = sqlite.insert(EVENTS)
    new = adding.excluded
    changed = {column.name: new[column.name] for column in EVENTS.columns if not column.primary_key}
    better = sa.or_(
        sa.and_(EVENTS.c.undated, sa.not_(new.undated)),
        sa.and_(sa.not_(EVENTS.c.contested), new.contested),
    )
    return adding.on_conflict_do_update(
        index_elements=[EVENTS.c.source, EVENTS.c.id], set_=changed, where=better
    )


def _refused_row(refusal: Refusal, kept: datetime.datetime) -> Mapping[str, Any]:
    whole = refusal.topic.encode("utf-8", "replace") + b"\0" + refusal.payload
    return {
        "hash": hashlib.sha256(whole).hexdigest(),
        "topic": refusal.topic,
        "why": refusal.why,
        "payload": refusal.payload[:_LONGEST],
        "times": 1,
        "kept": kept,
    }


def _add_refused() -> sa.Insert:
    adding = sqlite.insert(REFUSED)
    again = {"times": REFUSED.c.times + 1, "kept": adding.excluded.kept}
    return adding.on_conflict_do_update(index_elements=[REFUSED.c.hash], set_=again)

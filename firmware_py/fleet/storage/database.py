"""The collector's database, by its URL: SQLite on one machine, PostgreSQL for a department."""

from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from firmware_py.core.errors import DeskcueError

POSTGRESQL: Final = "postgresql"
SQLITE: Final = "sqlite"
_CONNECT_S: Final = 5
_LONGEST_LINE: Final = 300
_HINTS: Final = (
    ("disk is full", "free some space"),
    ("readonly database", "see who may write there, and dmesg"),
    ("not a database", "move it aside: a new one is made"),
    ("is malformed", "move it aside: a new one is made"),
    ("unable to open", "check the path, and who may write there"),
)
"""What SQLite says, and what to do."""
_UNFIT: Final = ("22", "23", "54")
"""Classes of SQLSTATE that are about what is written, not about the database."""
_LINE: Final = {
    "connect_timeout": _CONNECT_S,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "application_name": "deskcue",
}
"""A database whose machine vanishes is noticed in half a minute, not in two hours (libpq, 34.1)."""


class StoreError(DeskcueError):
    """The database cannot be used now; what was to be written was not."""


class UnfitError(StoreError):
    """The database works, but does not take what was to be written, now or ever."""


def parse_url(url: str) -> sa.URL:
    """Read a database URL.

    Raises:
        DeskcueError: it is none that this can use.
    """
    try:
        parsed = sa.make_url(url)
    except sa.exc.ArgumentError:
        raise DeskcueError(
            f"{hidden(url)!r} is no database URL; write sqlite:///events.db, or"
            " postgresql://USER@HOST/DATABASE"
        ) from None
    if "@" in (parsed.host or ""):
        raise DeskcueError(f"{hidden(url)!r} has an @ in user or password; write it as %40")
    name = parsed.get_backend_name()
    if name not in (SQLITE, POSTGRESQL):
        raise DeskcueError(
            f"the collector cannot keep events in {name}; write sqlite:///events.db (four slashes"
            " before an absolute path), or postgresql://USER@HOST/DATABASE"
        )
    return parsed.set(drivername=f"{POSTGRESQL}+psycopg") if name == POSTGRESQL else parsed


def hidden(url: str) -> str:
    """A text that may be a URL, without what stands before its last @: a password, perhaps."""
    before, at, rest = url.rpartition("@")
    scheme, slashes, _ = before.rpartition("://")
    return f"{scheme}{slashes}…@{rest}" if at else rest


def open_engine(url: sa.URL, busy_s: float) -> sa.Engine:
    """Make the engine; nothing is opened yet.

    Args:
        url: from :func:`parse_url`.
        busy_s: how long to wait for somebody else who writes.
    """
    if url.get_backend_name() == SQLITE:
        engine = sa.create_engine(url, connect_args={"timeout": busy_s})
        sa.event.listen(engine, "connect", _durable)
        return engine
    # One that was restarted leaves dead connections in the pool: each is tried before it is used.
    engine = sa.create_engine(url, connect_args=dict(_LINE), pool_pre_ping=True)
    sa.event.listen(engine, "connect", lambda line, _record: _patience(line, busy_s))
    return engine


def _durable(connection: Any, _record: object) -> None:
    """Readers never wait for the writer, and what was committed outlives a power cut."""
    try:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
    except BaseException:
        connection.close()  # the pool has not taken it yet, so nobody else would
        raise


def _patience(connection: Any, busy_s: float) -> None:
    connection.execute("SET TIME ZONE 'UTC'")
    connection.execute(f"SET lock_timeout = {int(1000 * busy_s)}")
    connection.commit()


def insert_into(db: sa.Connection, table: sa.Table) -> Any:
    """An INSERT that may say what to do on conflict, as this database writes it."""
    made = sqlite.insert if db.dialect.name == SQLITE else postgresql.insert
    return made(table)


def file_of(url: sa.URL) -> Path | None:
    """The file of an SQLite database; None for another, and for one in memory."""
    return Path(url.database) if url.get_backend_name() == SQLITE and url.database else None


def must_be_there(url: sa.URL) -> None:
    """Look whether there is an SQLite file, for whoever only reads: opening would make one.

    Raises:
        StoreError: there is none.
    """
    if url.get_backend_name() == SQLITE and not (url.database and Path(url.database).is_file()):
        name = url.render_as_string()
        raise StoreError(f"there is no database {name}; deskcue fleet collect makes one")


def store_error(name: str, error: sa.exc.SQLAlchemyError) -> StoreError:
    """Say in one line what the database has against it.

    Args:
        name: the database's.
        error: what was raised.
    """
    cause = getattr(error, "orig", None) or error
    said = " ".join(str(cause).split())[:_LONGEST_LINE]
    if (getattr(cause, "sqlstate", None) or "")[:2] in _UNFIT:
        return UnfitError(f"the database {name} does not take this ({said})")
    hint = next((f"; {hint}" for words, hint in _HINTS if words in said), "")
    return StoreError(f"the database {name} cannot be used ({said}){hint}")

"""The collector's tables, step by step: each version of them is made from the one before.

A step that was released is never changed; ``tables`` describes where the last one leads, and a test
holds both together.
"""

from typing import Final

import sqlalchemy as sa

from firmware_py.core.errors import DeskcueError
from firmware_py.fleet.storage.database import POSTGRESQL

_LOCK: Final = 0x6465736B
"""Key of the advisory lock ("desk"), lest two collectors that start together both take a step."""

_TYPES: Final = {
    "sqlite": {"moment": "DATETIME", "bytes": "BLOB"},
    POSTGRESQL: {"moment": "TIMESTAMP WITH TIME ZONE", "bytes": "BYTEA"},
}

STEPS: Final = (
    """
CREATE TABLE events (
    source TEXT NOT NULL,
    id TEXT NOT NULL,
    time {moment} NOT NULL,
    kept {moment} NOT NULL,
    site TEXT NOT NULL,
    floor TEXT NOT NULL,
    desk TEXT NOT NULL,
    kind TEXT NOT NULL,
    rule TEXT,
    clause TEXT,
    cue TEXT,
    call TEXT,
    undated BOOLEAN NOT NULL,
    contested BOOLEAN NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (source, id)
);
CREATE INDEX events_by_time ON events (time);
CREATE INDEX events_by_desk ON events (site, floor, desk, time);
CREATE INDEX events_by_kept ON events (kept);
CREATE TABLE refused (
    hash TEXT NOT NULL PRIMARY KEY,
    topic TEXT NOT NULL,
    why TEXT NOT NULL,
    payload {bytes} NOT NULL,
    times INTEGER NOT NULL,
    kept {moment} NOT NULL
);
CREATE INDEX refused_by_kept ON refused (kept)
""",
    """
CREATE TABLE contests (
    source TEXT NOT NULL,
    id TEXT NOT NULL,
    event TEXT NOT NULL,
    reason TEXT NOT NULL,
    time {moment} NOT NULL,
    kept {moment} NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (source, id)
);
CREATE INDEX contests_by_event ON contests (source, event);
CREATE INDEX contests_by_kept ON contests (kept);
CREATE INDEX events_undated ON events (source, id) WHERE undated
""",
)
VERSION: Final = len(STEPS)
"""Of the tables, as this deskcue knows them."""

_VERSIONS: Final = sa.table("deskcue_schema", sa.column("version", sa.Integer))
_MADE: Final = "CREATE TABLE IF NOT EXISTS deskcue_schema (version INTEGER NOT NULL PRIMARY KEY)"


def migrate(db: sa.Connection) -> None:
    """Bring the tables to this version, from any before it or from nothing, in this transaction.

    Raises:
        DeskcueError: they are of a newer version.
    """
    if db.dialect.name == POSTGRESQL:
        db.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
    elif not db.connection.in_transaction:  # pysqlite begins at the first change, and not with DDL
        db.exec_driver_sql("BEGIN IMMEDIATE")
    db.exec_driver_sql(_MADE)
    found = _found(db)
    for step in STEPS[found:]:
        for statement in step.format(**_TYPES[db.dialect.name]).split(";"):
            db.exec_driver_sql(statement)
    if found < VERSION:
        db.execute(sa.delete(_VERSIONS))
        db.execute(sa.insert(_VERSIONS).values(version=VERSION))


def must_be_current(db: sa.Connection) -> None:
    """For whoever only reads: are the tables there, and of this version?

    Raises:
        DeskcueError: they are not.
    """
    if not sa.inspect(db).has_table(_VERSIONS.name):
        raise DeskcueError(
            "the database has no tables of deskcue; deskcue fleet collect makes them"
        )
    if (found := _found(db)) < VERSION:
        raise DeskcueError(
            f"the database has tables of version {found}; deskcue fleet collect brings them to"
            f" {VERSION}"
        )


def _found(db: sa.Connection) -> int:
    found = db.scalar(sa.select(sa.func.max(_VERSIONS.c.version))) or 0
    if found > VERSION:
        raise DeskcueError(
            f"the database has tables of version {found}, this deskcue knows {VERSION}; use the"
            " deskcue that made them, or another database"
        )
    return int(found)

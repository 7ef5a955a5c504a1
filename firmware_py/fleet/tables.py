"""The collector's tables, and their version."""

from typing import Final

import sqlalchemy as sa

from firmware_py.core.errors import DeskcueError

VERSION: Final = 1
"""Of the tables; a change needs the next one, and a step from the one before."""

_METADATA: Final = sa.MetaData()

VERSIONS: Final = sa.Table(
    "deskcue_schema", _METADATA, sa.Column("version", sa.Integer, primary_key=True)
)
EVENTS: Final = sa.Table(
    "events",
    _METADATA,
    sa.Column("source", sa.Text, primary_key=True),
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("time", sa.DateTime(timezone=True), nullable=False),
    sa.Column("kept", sa.DateTime(timezone=True), nullable=False),
    sa.Column("site", sa.Text, nullable=False),
    sa.Column("floor", sa.Text, nullable=False),
    sa.Column("desk", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("rule", sa.Text),
    sa.Column("clause", sa.Text),
    sa.Column("cue", sa.Text),
    sa.Column("call", sa.Text),
    sa.Column("undated", sa.Boolean, nullable=False),
    sa.Column("contested", sa.Boolean, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Index("events_by_time", "time"),
    sa.Index("events_by_desk", "site", "floor", "desk", "time"),
    sa.Index("events_by_kept", "kept"),
)
"""``time`` is when it happened, ``kept`` when it was written here, both UTC; ``body`` is the
CloudEvent as it came."""
REFUSED: Final = sa.Table(
    "refused",
    _METADATA,
    sa.Column("hash", sa.Text, primary_key=True),
    sa.Column("topic", sa.Text, nullable=False),
    sa.Column("why", sa.Text, nullable=False),
    sa.Column("payload", sa.LargeBinary, nullable=False),
    sa.Column("times", sa.Integer, nullable=False),
    sa.Column("kept", sa.DateTime(timezone=True), nullable=False),
    sa.Index("refused_by_kept", "kept"),
)
"""Messages that are not as the contract says; the same one once, with how often it came."""


def prepare(db: sa.Connection) -> None:
    """Make the tables where there are none.

    Raises:
        DeskcueError: they are of another version.
    """
    _METADATA.create_all(db)
    found = db.scalar(sa.select(sa.func.max(VERSIONS.c.version)))
    if found is None:
        db.execute(sa.insert(VERSIONS).values(version=VERSION))
    elif found != VERSION:
        raise DeskcueError(
            f"the database has tables of version {found}, this deskcue knows {VERSION}; use the"
            " deskcue that made them, or another database"
        )

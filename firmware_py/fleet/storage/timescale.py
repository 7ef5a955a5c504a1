"""TimescaleDB, where the database has it: the events become a hypertable, parted by time.

Every unique index of a hypertable holds the column that parts it, so the key is source, id and
time. The same event comes with the same time, except one from before the desk's clock was set;
what it leaves behind once its right time has come is deleted with the next batch.
"""

from typing import Final

import sqlalchemy as sa

from firmware_py.fleet.storage.database import POSTGRESQL
from firmware_py.fleet.storage.tables import EVENTS

_HERE: Final = "SELECT to_regproc('create_hypertable') IS NOT NULL"
_MADE: Final = (
    "ALTER TABLE events DROP CONSTRAINT events_pkey, ADD PRIMARY KEY (source, id, time)",
    "SELECT create_hypertable('events', 'time', if_not_exists => TRUE, migrate_data => TRUE)",
)


def part_by_time(db: sa.Connection) -> None:
    """Make the events a hypertable where that can be and was not done."""
    if db.dialect.name != POSTGRESQL or not db.scalar(sa.text(_HERE)):
        return
    if "time" not in key_columns(db):
        for statement in _MADE:
            db.execute(sa.text(statement))


def key_columns(db: sa.Connection) -> list[str]:
    """What an event is known by: source and id, of a hypertable also its time."""
    return list(sa.inspect(db).get_pk_constraint(EVENTS.name)["constrained_columns"])


def undated_twins() -> sa.Delete:
    """Deletes events with a wrong time that are there with the right one, too."""
    twin = EVENTS.alias("twin")
    same = (twin.c.source == EVENTS.c.source, twin.c.id == EVENTS.c.id)
    dated = sa.exists().where(*same, sa.not_(twin.c.undated))
    return sa.delete(EVENTS).where(EVENTS.c.undated, dated)

"""The collector's tables, as :mod:`firmware_py.fleet.storage.migrations` leaves them."""

from typing import Final

import sqlalchemy as sa

_METADATA: Final = sa.MetaData()
_MOMENT: Final = sa.DateTime(timezone=True)

EVENTS: Final = sa.Table(
    "events",
    _METADATA,
    sa.Column("source", sa.Text, primary_key=True),
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("time", _MOMENT, nullable=False),
    sa.Column("kept", _MOMENT, nullable=False),
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
)
"""``time`` is when it happened, ``kept`` when it was written here, both UTC; ``body`` is the
CloudEvent as it came. As a hypertable its key is source, id and time."""
CONTESTS: Final = sa.Table(
    "contests",
    _METADATA,
    sa.Column("source", sa.Text, primary_key=True),
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("event", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("time", _MOMENT, nullable=False),
    sa.Column("kept", _MOMENT, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
)
"""What agents say against events, by the event's id; the event itself stays as it came."""
REFUSED: Final = sa.Table(
    "refused",
    _METADATA,
    sa.Column("hash", sa.Text, primary_key=True),
    sa.Column("topic", sa.Text, nullable=False),
    sa.Column("why", sa.Text, nullable=False),
    sa.Column("payload", sa.LargeBinary, nullable=False),
    sa.Column("times", sa.Integer, nullable=False),
    sa.Column("kept", _MOMENT, nullable=False),
)
"""Messages that are not as the contract says; the same one once, with how often it came."""
TABLES: Final = tuple(_METADATA.sorted_tables)

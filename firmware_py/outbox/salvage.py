"""Brings events that wait in a damaged outbox into the new one, as far as they can be read."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any, Final

from firmware_py.outbox.event import is_ours, read_event

_ANEW: Final = ", a new one begins"
_CHOSEN: Final = "SELECT key, value FROM status WHERE key LIKE 'light_only%'"
_WIDEST: Final = 1 << 20
"""Numbers of events that are passed over at once before the rest is given up."""


def salvage(aside: Path, db: sqlite3.Connection) -> str:
    """Read what waited, whichever pages are damaged, and keep the choice of light-only.

    What was private had counted as dealt with, so none of it is among what waited.

    Args:
        aside: the damaged one.
        db: the new one.

    Returns:
        The end of a line that says so.
    """
    found: list[tuple[str, float, int]] = []
    chosen: list[Any] = []
    with (
        suppress(sqlite3.Error),
        closing(sqlite3.connect(f"{aside.absolute().as_uri()}?mode=ro", uri=True)) as broken,
    ):
        broken.execute("PRAGMA writable_schema=ON")  # else it reads nothing with a damaged schema
        found += _waiting(broken)
        chosen = broken.execute(_CHOSEN).fetchall()
    try:
        with db:
            db.execute("BEGIN IMMEDIATE")
            db.executemany("INSERT INTO event (body, kept, tried) VALUES (?, ?, ?)", found)
            db.executemany("REPLACE INTO status VALUES (?, ?)", chosen)
    except sqlite3.Error:  # the disk is full: the damaged one is still there
        found = []
    return f"{_ANEW} with {len(found)} events that waited" if found else _ANEW


def _waiting(broken: sqlite3.Connection) -> Iterator[tuple[str, float, int]]:
    """Body, time and whether it was tried of each event that can be read, in their order."""
    query = (
        "SELECT id, CAST(body AS BLOB), kept, tried, sent FROM event NOT INDEXED WHERE id > ?"
        " ORDER BY id LIMIT 1"
    )
    last, step = 0, 1
    while step < _WIDEST:
        try:
            row = broken.execute(query, (last,)).fetchone()
        except sqlite3.Error:
            last, step = last + step, 2 * step
            continue
        if row is None:
            return
        last, step = row[0], 1
        event = read_event(row[1]) if isinstance(row[1], bytes) else None
        if event and is_ours(event) and row[4] is None and isinstance(row[2], float):
            yield row[1].decode(), row[2], int(bool(row[3]))

"""Events from before the clock was set, and their right time once it is.

A Raspberry Pi without a battery starts with a wrong clock. Uptime is right all the same, so an
event's time is kept together with what it was counted from.
"""

import json
import sqlite3
from datetime import datetime
from typing import Final

from firmware_py.contract.payloads import utc
from firmware_py.core.clock import Epoch
from firmware_py.outbox.event import Event, is_ours, read_event
from firmware_py.outbox.privacy import PRIVATE

_SAME_S: Final = 1.0
"""Moved by less, a time was counted from what it is moved to: nothing is known of it."""


def note_undated(db: sqlite3.Connection, number: int | None, epoch: Epoch) -> None:
    """Keep what the time of an event was counted from."""
    db.execute("INSERT INTO undated VALUES (?, ?, ?)", (number, epoch.began, epoch.boot))


def correct_undated(db: sqlite3.Connection, right: Epoch) -> int:
    """Date the events of this boot, to be sent (again); how many they were."""
    query = (
        "SELECT id, CAST(body AS BLOB), epoch FROM event JOIN undated ON id = undated.event"
        " WHERE boot = ? AND abs(epoch - ?) > ?"
    )
    found = db.execute(query, (right.boot, right.began, _SAME_S)).fetchall()
    db.executemany(
        f"UPDATE event SET body = ?, sent = iif(id IN ({PRIVATE}), sent, NULL) WHERE id = ?",
        [
            (_dated(event, right.began - epoch), number)
            for number, body, epoch in found
            if (event := read_event(body)) and is_ours(event)
        ],
    )
    db.execute("DELETE FROM undated WHERE boot = ?", (right.boot,))
    return len(found)


def _dated(event: Event, late_s: float) -> str:
    """The event with its time moved and no word of an unset clock."""
    event["time"] = utc(datetime.fromisoformat(event["time"]).timestamp() + late_s)
    event.pop("clock", None)
    return json.dumps(event, ensure_ascii=False, separators=(",", ":"))

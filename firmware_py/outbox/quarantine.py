"""Events that the broker refuses for their size or content: kept, counted, in nobody's way."""

import sqlite3
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, Final

Read = Callable[[str, tuple[object, ...]], list[Any]]
"""Gives the rows of a query."""
Writing = Callable[[], AbstractContextManager[sqlite3.Connection]]
"""One transaction."""

TRIES: Final = 3
"""Refusals after which an event is put aside."""
UNREADABLE: Final = "it is damaged, or no event"
"""Reason of what cannot be sent, whatever the broker takes."""
QUARANTINED: Final = "SELECT event FROM refusal WHERE quarantined"
"""Ids of the events in quarantine."""
IN_QUARANTINE: Final = (
    "EXISTS (SELECT 1 FROM refusal WHERE refusal.event = event.id AND quarantined)"
)
"""Whether an event is among them: looked up for each, however many there are."""


class Quarantine:
    """Counts refusals of each event; the last one allowed puts it aside."""

    def __init__(self, read: Read, writing: Writing) -> None:
        """Work on the outbox's database."""
        self._read, self._writing = read, writing

    def refused(self, number: int, reason: str, tries: int = TRIES) -> bool:
        """Note that the broker refused an event.

        Args:
            number: id of the event.
            reason: what the broker said.
            tries: refusals after which it is put aside.

        Returns:
            Whether it is in quarantine now.

        Raises:
            OutboxError: it cannot be written.
        """
        note = (
            "INSERT INTO refusal VALUES (?, 1, ?, 1 >= ?) ON CONFLICT (event) DO UPDATE SET"
            " tries = tries + 1, reason = excluded.reason, quarantined = tries + 1 >= ?"
        )
        with self._writing() as db:
            db.execute(note, (number, reason, tries, tries))
        return bool(self._read(f"SELECT ? IN ({QUARANTINED})", (number,))[0][0])

    def count(self) -> int:
        """How many are in quarantine."""
        query = f"SELECT count(*) FROM event WHERE sent IS NULL AND id IN ({QUARANTINED})"
        return int(self._read(query, ())[0][0])

    def reason(self) -> str:
        """Why the last one was refused; empty if none is in quarantine."""
        query = "SELECT reason FROM refusal WHERE quarantined ORDER BY event DESC LIMIT 1"
        return "".join(reason for (reason,) in self._read(query, ()))

    def release(self) -> None:
        """Let all out again, to be tried from the beginning.

        Raises:
            OutboxError: it cannot be written.
        """
        with self._writing() as db:
            db.execute("DELETE FROM refusal")

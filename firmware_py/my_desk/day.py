"""Everything that the desk noted of one day, as its agent reads it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

from firmware_py.contract.contest import KIND as CONTEST_KIND
from firmware_py.contract.payloads import utc
from firmware_py.outbox.event import SUMMARY
from firmware_py.outbox.rows import Row
from firmware_py.outbox.store import Outbox


class Whereabouts(StrEnum):
    """Where an event is."""

    SENT = "sent"
    """The broker has it."""
    WAITS = "waits"
    """It will be sent."""
    HERE = "here"
    """It never leaves the desk."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One event."""

    id: str
    at: datetime
    """Local time."""
    data: Mapping[str, Any]
    """As it is sent."""
    where: Whereabouts
    reason: str = ""
    """Why the agent contests it; empty if nobody does."""

    @property
    def is_call(self) -> bool:
        """Whether it says that a call ended, and nothing that a rule found."""
        return bool(self.data["kind"] == SUMMARY)


def entries_of(outbox: Outbox, day: date) -> list[Entry]:
    """What was noted on a local day, in order of time.

    Raises:
        OutboxError: the outbox cannot be read.
    """
    begin = datetime.combine(day, time()).astimezone()
    end = datetime.combine(day + timedelta(days=1), time()).astimezone()
    rows = outbox.since(utc(begin.timestamp()))  # a contest may come on any later day
    reasons = {
        row.event["subject"]: str(row.event["contestreason"])
        for row in rows
        if row.event["data"]["kind"] == CONTEST_KIND
    }
    entries = [_entry(row, reasons) for row in rows if row.event["data"]["kind"] != CONTEST_KIND]
    return sorted((one for one in entries if one.at < end), key=lambda one: one.at)


def _entry(row: Row, reasons: Mapping[str, str]) -> Entry:
    event = row.event
    at = datetime.fromisoformat(event["time"]).astimezone()
    where = Whereabouts.SENT if row.sent else Whereabouts.WAITS
    if row.private:
        where = Whereabouts.HERE
    reason = reasons.get(event["id"], event.get("contestreason", ""))
    return Entry(event["id"], at, event["data"], where, reason)

"""What the floor page may see of desks: their condition, and counts of whole floors.

Health says how many events a desk has found and sent: minute after minute that is the diary of one
agent. So the page's login cannot read it; it reads what this makes of it.
"""

import datetime
import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

import sqlalchemy as sa

from firmware_py.contract.digest import CONDITION
from firmware_py.contract.payloads import utc
from firmware_py.contract.topics import root_topic
from firmware_py.fleet.floors.report import SMALLEST, is_contested
from firmware_py.fleet.storage.store import Store
from firmware_py.fleet.storage.tables import EVENTS
from firmware_py.outbox.event import SUMMARY
from firmware_py.settings.config import Desk

HOUR: Final = datetime.timedelta(hours=1)
HOURS: Final = 24
"""How far back a page sees."""

Hour = dict[str, Any]
"""As in ``counts.schema.json``."""


def condition(health: Mapping[str, Any]) -> dict[str, Any]:
    """What of a desk's health tells nothing of its agent."""
    ear = health.get("ear") or {}
    return {
        "at": health.get("at"),
        "version": health.get("version"),
        "clock": health.get("clock", "unknown"),
        "faults": [
            {key: one[key] for key in ("code", "line", "since") if key in one}
            for one in health.get("faults", ())
        ],
        "waiting": health.get("outbox", {}).get("pending", 0) > 0,
        "rulebook": ear.get("rulebook"),
        "rulebook_version": ear.get("rulebook_version"),
        "ear_age_s": health.get("ear_age_s"),
    }


def condition_topic(desk: Desk) -> str:
    """Where it is published."""
    return f"{root_topic(desk)}/{CONDITION.path}"


def counts(hours: Sequence[Hour], now: datetime.datetime) -> str:
    """Payload of ``counts``, compact."""
    told = {"at": utc(now.timestamp()), "smallest": SMALLEST, "hours": hours}
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"))


class HourlyCounts:
    """Counts of the last day by floor; a past hour is counted again only now and then."""

    _RECENT: Final = 2
    """Hours that still change at every look."""

    def __init__(self, store: Store, site: str) -> None:
        """Prepare; nothing is read yet."""
        self._store, self._site = store, site
        self._counted: dict[datetime.datetime, dict[str, Hour]] = {}
        """Hour -> floor -> its counts."""

    def floors(self, now: datetime.datetime) -> dict[str, list[Hour]]:
        """Each floor's hours, the oldest first; those without any event are left out.

        Raises:
            StoreError: the database cannot be read.
        """
        this = now.replace(minute=0, second=0, microsecond=0)
        if this not in self._counted:
            self._counted.clear()  # once an hour everything, for events that come late
        wanted = [this - back * HOUR for back in reversed(range(HOURS))]
        for hour in wanted:
            if hour not in self._counted or this - hour < self._RECENT * HOUR:
                self._counted[hour] = count_hour(self._store, self._site, hour)
        found: dict[str, list[Hour]] = {}
        for hour in wanted:
            for floor, counted in self._counted[hour].items():
                found.setdefault(floor, []).append(counted)
        return found


def count_hour(store: Store, site: str, hour: datetime.datetime) -> dict[str, Hour]:
    """Count each floor's events of one hour; where few desks sent any, say only that.

    An event whose desk did not know the time is left out until it comes again with the right one.

    Raises:
        StoreError: the database cannot be read.
    """
    c = EVENTS.c
    within = [c.site == site, c.time >= hour, c.time < hour + HOUR, sa.not_(c.undated)]
    ended = sa.func.sum(sa.case((c.kind == SUMMARY, 1), else_=0))
    contested = sa.func.sum(sa.case((is_contested(), 1), else_=0))
    totals = sa.select(c.floor, sa.func.count(c.desk.distinct()), ended, contested)
    what = sa.func.coalesce(c.clause, c.rule)
    by_clause = sa.select(c.floor, what, c.cue, sa.func.count()).where(*within, c.kind != SUMMARY)
    # Desks first: events that come in between are of enough desks then, too.
    floors = store.rows(totals.where(*within).group_by(c.floor))
    found: dict[str, dict[str, dict[str, int]]] = {}
    for floor, clause, cue, count in store.rows(by_clause.group_by(c.floor, what, c.cue)):
        found.setdefault(floor, {}).setdefault(clause, {})[cue] = count
    name = utc(hour.timestamp())
    return {
        floor: {"hour": name, "hidden": True}
        if desks < SMALLEST
        else {
            "hour": name,
            "desks": desks,
            "calls": calls,
            "contested": disputed,
            "counts": found.get(floor, {}),
        }
        for floor, desks, calls, disputed in floors
    }

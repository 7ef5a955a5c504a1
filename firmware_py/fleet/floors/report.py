"""Counts what a floor's desks found, from the collector's database; never a single desk's.

An hour in which fewer than five desks of a floor sent anything is not counted: a week less six days
would show it.
"""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa

from firmware_py.core.types import Cue
from firmware_py.fleet.names import in_order
from firmware_py.fleet.storage.store import Store
from firmware_py.fleet.storage.tables import CONTESTS, EVENTS
from firmware_py.outbox.event import SUMMARY
from firmware_py.reports.shift import Found

SMALLEST: Final = 5
"""Desks of a floor that count together; of fewer nothing is shown, for it would show people."""


@dataclass(frozen=True, slots=True)
class FloorReport:
    """A floor over some days."""

    floor: str
    desks: int
    """Desks that sent anything in the hours that are counted."""
    calls: int = 0
    """Calls that ended."""
    contested: int = 0
    """Events that their agents contest."""
    reasons: tuple[tuple[str, int], ...] = ()
    """Why, and how many events for that reason, the most frequent first."""
    found: tuple[Found, ...] = ()

    @property
    def too_small(self) -> bool:
        """Whether its counts stay unsaid."""
        return self.desks < SMALLEST


def floor_reports(
    store: Store, since: datetime.datetime, until: datetime.datetime, floor: str = ""
) -> list[FloorReport]:
    """Count each floor's events of a time; ``floor`` takes one alone.

    Raises:
        StoreError: the database cannot be read.
    """
    c = EVENTS.c
    since = since.replace(minute=0, second=0, microsecond=0)  # a part of an hour shows its rest
    asked = [c.time >= since, c.time < until, *([c.floor == floor] if floor else [])]
    within = [*asked, sa.tuple_(c.floor, _HOUR).in_(_large_hours(asked))]
    ended = sa.func.sum(sa.case((c.kind == SUMMARY, 1), else_=0))
    contested = sa.func.sum(sa.case((is_contested(), 1), else_=0))
    totals = sa.select(c.floor, sa.func.count(c.desk.distinct()), ended, contested)
    by_rule = (c.floor, c.rule, c.clause, c.kind, c.cue)
    counts = sa.select(*by_rule, sa.func.count()).where(*within, c.kind != SUMMARY)
    rules = store.rows(counts.group_by(*by_rule))
    floors = {row[0]: row for row in store.rows(totals.where(*within).group_by(c.floor))}
    reasons = store.rows(_reasons(within))
    names = [row[0] for row in store.rows(sa.select(c.floor).where(*asked).distinct())]
    return [
        _report(floors.get(name, (name, 0, 0, 0)), rules, reasons)
        for name in sorted(names, key=in_order)
    ]


_HOUR: Final = sa.func.substr(sa.cast(EVENTS.c.time, sa.Text), 1, len("2026-11-26 09"))
"""The hour of an event, as every database writes a moment."""


def _large_hours(asked: Sequence[sa.ColumnElement[bool]]) -> sa.Select[Any]:
    """Floor and hour, where enough desks sent anything."""
    by = (EVENTS.c.floor, _HOUR)
    enough = sa.func.count(EVENTS.c.desk.distinct()) >= SMALLEST
    return sa.select(*by).where(*asked).group_by(*by).having(enough)


def _against() -> sa.ColumnElement[bool]:
    return sa.and_(CONTESTS.c.source == EVENTS.c.source, CONTESTS.c.event == EVENTS.c.id)


def is_contested() -> sa.ColumnElement[bool]:
    """Whether an agent says something against an event."""
    return sa.or_(EVENTS.c.contested, sa.exists().where(_against()))


def _reasons(within: Sequence[sa.ColumnElement[bool]]) -> sa.Select[Any]:
    """Floor, reason, events."""
    count = sa.func.count(EVENTS.c.id.distinct())
    asked = sa.select(EVENTS.c.floor, CONTESTS.c.reason, count).join(CONTESTS, _against())
    by = (EVENTS.c.floor, CONTESTS.c.reason)
    return asked.where(*within).group_by(*by).order_by(count.desc(), CONTESTS.c.reason)


def _report(row: Any, rules: Sequence[Any], reasons: Sequence[Any]) -> FloorReport:
    floor, desks, calls, contested = row
    report = FloorReport(floor, desks)
    if report.too_small:
        return report
    found = tuple(
        Found(rule, clause or "", kind, Cue(cue), count)
        for where, rule, clause, kind, cue, count in rules
        if where == floor
    )
    why = tuple((reason, count) for where, reason, count in reasons if where == floor)
    return FloorReport(floor, desks, calls, contested, why, found)

"""The week before a push, from the collector's database."""

import datetime
import math
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import closing, contextmanager
from typing import Any, Final

import sqlalchemy as sa

from firmware_py.core.types import Cue
from firmware_py.fleet.push.judge import Cues
from firmware_py.fleet.push.state import Week
from firmware_py.fleet.storage.store import Store
from firmware_py.fleet.storage.tables import EVENTS
from firmware_py.settings.config import Desk

_DAYS: Final = 7
_LOOK_S: Final = 30.0
"""Seconds between two looks at the database."""


@contextmanager
def open_week(url: str | None) -> Iterator[Week]:
    """Look into the collector's database at ``url``; without one nothing is known.

    Raises:
        DeskcueError: there is no such database.
    """
    if url is None:
        yield lambda _desks, _seconds: None
        return
    with closing(Store(url, lambda: datetime.datetime.now(datetime.UTC))) as store:
        store.must_exist()
        yield week_before(store, time.time)


def week_before(store: Store, clock: Callable[[], float]) -> Week:
    """Look up, in the collector's database, the cues of the same hours of the seven days before.

    Days on which those desks sent nothing at all, such as a weekend, do not count.
    """
    kept: dict[tuple[Desk, ...], tuple[float, Cues | None]] = {}

    def look(desks: Collection[Desk], seconds: float) -> Cues | None:
        at, cues = kept.get(tuple(desks), (-math.inf, None))
        if clock() - at >= _LOOK_S:
            cues = _sum(store, desks, seconds, clock())
            kept[tuple(desks)] = (clock(), cues)
        return cues

    return look


def _sum(store: Store, desks: Collection[Desk], seconds: float, at: float) -> Cues | None:
    now = datetime.datetime.fromtimestamp(at, datetime.UTC)
    days = [
        (end - datetime.timedelta(seconds=seconds), end)
        for end in (now - datetime.timedelta(days=day) for day in range(1, _DAYS + 1))
    ]
    found = [store.rows(_count(desks, *day))[0] for day in days]
    active = [int(cues or 0) for events, cues in found if events]
    if not active:
        return None
    return Cues(sum(active), len(active) * len(desks) * seconds)


def _count(
    desks: Collection[Desk], start: datetime.datetime, end: datetime.datetime
) -> sa.Select[Any]:
    """Events, and cues among them, of these desks."""
    c = EVENTS.c
    ours = sa.tuple_(c.floor, c.desk).in_([(one.floor, one.desk) for one in desks])
    within = [c.site == next(iter(desks)).site, ours, c.time >= start, c.time < end]
    cues = sa.func.sum(sa.case((c.cue.in_([Cue.AMBER, Cue.RED]), 1), else_=0))
    wanted: list[sa.ColumnElement[Any]] = [sa.func.count(), cues]
    return sa.select(*wanted).where(*within)

"""When a rule holds: times of day and sorts of days, in the desk's local time."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Final

from firmware_py.core.ports import Clock

if TYPE_CHECKING:
    from holidays import HolidayBase

LocalTime = Callable[[float], datetime]
"""Tells the desk's local time at a second of the stream."""

MINUTES: Final = 24 * 60
SATURDAY: Final = 5
"""``date.weekday()`` of the first day of the weekend."""


class Days(StrEnum):
    """Sorts of days."""

    HOLIDAY = "holiday"
    """A day of an official Chinese holiday, its weekend included."""
    ORDINARY = "ordinary"
    """Any other day, other weekends included."""


@dataclass(frozen=True, slots=True)
class Hours:
    """A part of the day; it may run past midnight."""

    start: int
    """First minute of the day that belongs to it."""
    end: int
    """First minute of the day that no longer does."""

    @classmethod
    def parse(cls, text: str) -> "Hours":
        """Read ``08:00-12:00``.

        Raises:
            ValueError: it reads otherwise, or spans nothing.
        """
        match = re.fullmatch(r"(\d\d):(\d\d)-(\d\d):(\d\d)", text)
        h1, m1, h2, m2 = (int(group) for group in match.groups()) if match else (99, 0, 0, 0)
        if h1 > 24 or h2 > 24 or m1 > 59 or m2 > 59:
            raise ValueError(f'reads "{text}"; write it like 08:00-12:00')
        hours = cls((h1 * 60 + m1) % MINUTES, (h2 * 60 + m2) % MINUTES)
        if hours.start == hours.end:
            raise ValueError(f'"{text}" spans nothing; leave it out for the whole day')
        return hours

    def __str__(self) -> str:
        return "-".join(f"{m // 60:02}:{m % 60:02}" for m in (self.start, self.end))

    def __contains__(self, time: datetime) -> bool:
        minute = time.hour * 60 + time.minute
        return (minute - self.start) % MINUTES < (self.end - self.start) % MINUTES


def started_at(start: datetime) -> LocalTime:
    """Local time of a stream whose first sample was heard at ``start``."""
    return lambda at: start + timedelta(seconds=at)


class DeskTime:
    """Local time of a live stream, by a clock that may be set while it runs."""

    def __init__(self, clock: Clock) -> None:
        """Begin at the first sample, now."""
        self._clock = clock
        self.heard(0.0)

    def heard(self, at: float) -> None:
        """Note that second ``at`` of the stream is now."""
        self._zero = self._clock.now() - at

    def __call__(self, at: float) -> datetime:
        """Tell the local time of a second of the stream."""
        return datetime.fromtimestamp(self._zero + at)


@cache
def _calendar() -> "HolidayBase":
    """China's official holidays; costs 0.3 s and 17 MB, so only a rulebook that asks for days."""
    import holidays

    return holidays.country_holidays("CN")


def _is_off(day: date) -> bool:
    """Whether offices are closed: a holiday, or a weekend day that is not worked in lieu."""
    calendar = _calendar()
    if day in calendar:  # looking a day up loads its year, so this comes first
        return True
    return day.weekday() >= SATURDAY and day not in calendar.weekend_workdays


@cache
def is_holiday(day: date) -> bool:
    """Whether a day belongs to an official Chinese holiday, as the State Council announces it.

    Days off in lieu and the weekend days that join a holiday belong to it; a weekend day that is
    worked for it does not.
    """
    return any(_reaches_holiday(day, step) for step in (timedelta(1), timedelta(-1)))


def _reaches_holiday(day: date, step: timedelta) -> bool:
    """Whether a holiday comes before the next working day in this direction, ``day`` included."""
    while _is_off(day):
        if day in _calendar():
            return True
        day += step
    return False

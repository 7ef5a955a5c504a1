"""When a rule holds."""

from datetime import date, datetime, timedelta

import pytest

from firmware_py.rules.hours import DeskTime, Hours, is_holiday, started_at


@pytest.mark.parametrize(
    ("hours", "time", "holds"),
    [
        ("08:00-12:00", "07:59", False),
        ("08:00-12:00", "08:00", True),
        ("08:00-12:00", "11:59", True),
        ("08:00-12:00", "12:00", False),
        ("18:00-04:00", "23:59", True),
        ("18:00-04:00", "00:00", True),
        ("18:00-04:00", "03:59", True),
        ("18:00-04:00", "04:00", False),
        ("12:00-24:00", "23:59", True),
        ("12:00-24:00", "00:00", False),
    ],
)
def test_hours_of_the_day(hours: str, time: str, holds: bool) -> None:
    assert (datetime.fromisoformat(f"2026-03-02T{time}") in Hours.parse(hours)) is holds


@pytest.mark.parametrize("text", ["", "8-12", "08:00", "08:60-12:00", "25:00-26:00", "08:00–12:00"])
def test_what_reads_otherwise_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="write it like 08:00-12:00"):
        Hours.parse(text)


@pytest.mark.parametrize("text", ["08:00-08:00", "00:00-24:00"])
def test_a_span_of_nothing_or_all_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="spans nothing"):
        Hours.parse(text)


def test_local_time_runs_with_the_stream() -> None:
    time = started_at(datetime(2026, 3, 2, 23, 59, 30))(31.0)
    assert time == datetime(2026, 3, 3, 0, 0, 1)


OFFICIAL = {
    2025: (
        "01-01 01-28..02-04 04-04..04-06 05-01..05-05 05-31..06-02 10-01..10-08",
        "01-26 02-08 04-27 09-28 10-11",
    ),
    2026: (
        "01-01..01-03 02-15..02-23 04-04..04-06 05-01..05-05 06-19..06-21 09-25..09-27"
        " 10-01..10-07",
        "01-04 02-14 02-28 05-09 09-20 10-10",
    ),
}
"""Days off and weekend days that are worked, from the State Council's notices for these years."""


def days_of(year: int, spans: str) -> set[date]:
    """Days of ``MM-DD`` and ``MM-DD..MM-DD``."""
    found: set[date] = set()
    for span in spans.split():
        first, last = (date.fromisoformat(f"{year}-{day}") for day in (span[:5], span[-5:]))
        found |= {first + timedelta(n) for n in range((last - first).days + 1)}
    return found


@pytest.mark.situation(
    "The machine",
    "a weekend day lies in a Chinese holiday",
    "it counts as holiday; a weekend day worked in lieu does not (`holidays`; checked "
    "against the official notices for 2025 and 2026)",
    "a year's notice comes with an update of that package, in November",
)
@pytest.mark.parametrize("year", OFFICIAL)
def test_holidays_are_those_of_the_official_notice(year: int) -> None:
    off, worked = (days_of(year, spans) for spans in OFFICIAL[year])
    whole_year = days_of(year, "01-01..12-31")
    assert {day for day in whole_year if is_holiday(day)} == off
    assert all(day.weekday() >= 5 and not is_holiday(day) for day in worked)


def test_a_weekend_that_joins_a_holiday_across_the_year_belongs_to_it() -> None:
    assert is_holiday(date(2023, 12, 30))  # Saturday before Monday, New Year's Day 2024
    assert not is_holiday(date(2023, 12, 29))


def test_a_clock_that_is_set_takes_the_desk_along() -> None:
    class Clock:
        seconds = datetime(2026, 3, 2, 8, 0).timestamp()

        def now(self) -> float:
            return self.seconds

    clock = Clock()
    time = DeskTime(clock)
    clock.seconds += 60
    time.heard(60.0)
    assert time(55.0) == datetime(2026, 3, 2, 8, 0, 55)
    clock.seconds += 3600 + 1
    time.heard(61.0)
    assert time(61.0) == datetime(2026, 3, 2, 9, 1, 1)

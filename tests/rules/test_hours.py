"""When a rule holds."""

from datetime import date, datetime

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


@pytest.mark.parametrize(
    ("day", "holiday"),
    [
        ("2026-02-17", True),  # Spring Festival
        ("2026-10-01", True),  # National Day
        ("2026-10-07", True),  # a day off in lieu
        ("2026-10-10", False),  # a Saturday that is worked for it
        ("2026-03-03", False),
    ],
)
def test_official_holidays(day: str, holiday: bool) -> None:
    assert is_holiday(date.fromisoformat(day)) is holiday


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

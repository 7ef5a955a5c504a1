"""Counting what was found, per shift and per call."""

import random
from datetime import datetime

import hypothesis.strategies as st
import pytest
from hypothesis import given

from firmware_py.core.types import Cue
from firmware_py.reports.shift import Found, Spent, by_clause
from firmware_py.reports.shift_builder import shifts
from tests.reports.day import EVENING, MORNING, day, found


def local(moment: datetime) -> datetime:
    return moment.replace(tzinfo=None)


def test_what_is_equally_frequent_comes_in_the_order_of_the_standard() -> None:
    events = [found(at, rule, rule) for at, rule in enumerate(("F10", "F2", "F1", "F10"))]
    (shift,) = shifts(events)
    assert [one.clause for one in shift.found] == ["F10", "F1", "F2"]


def test_long_pauses_part_shifts() -> None:
    morning, evening = shifts(day())
    assert [len(shift.calls) for shift in (morning, evening)] == [3, 1]
    assert local(morning.began) == MORNING.replace(minute=1)
    assert local(evening.began) == EVENING.replace(second=4)
    assert [local(hour).hour for hour in morning.hours] == [8, 10]


def test_time_spent_is_summed_over_the_calls_that_ended() -> None:
    morning, _ = shifts(day())
    assert morning.spent == Spent(160, 80, 40, 20, 6)
    assert (morning.spent.talk, morning.spent.listen, morning.spent.both) == (0.5, 0.25, 0.125)
    assert morning.pace == 4.5
    assert morning.calls[2].spent is None


def test_a_shift_without_a_call_that_ended_has_no_shares() -> None:
    (shift,) = shifts([found(5)])
    assert shift.calls == ()
    assert (shift.spent.talk, shift.pace) == (0.0, None)


def test_everything_found_is_counted_in_its_call_and_in_the_shift() -> None:
    morning, _ = shifts(day())
    assert [one.rule for one in morning.calls[0].found] == ["F5", "A2-evening", "A2-morning"]
    assert {one.rule: one.count for one in morning.found} == {
        "F5": 2,
        "A2-evening": 1,
        "A2-morning": 1,
        "microphone": 1,
    }


def test_rules_of_one_clause_are_put_together() -> None:
    morning, _ = shifts(day())
    assert by_clause(morning.found) == [
        Found("F5", "F5", "phrase", Cue.RED, 2),
        Found("A2-evening", "A2", "omission", Cue.AMBER, 2),
        Found("microphone", "", "omission", Cue.AMBER, 1),
    ]


@given(st.randoms(use_true_random=False))
def test_the_order_in_which_events_lie_does_not_matter(rng: random.Random) -> None:
    mixed = day()
    rng.shuffle(mixed)
    assert shifts(mixed) == shifts(day())


def test_events_of_devices_that_named_no_call_are_counted_too() -> None:
    old = found(5)
    del old["data"]["call"]
    assert shifts([old])[0].found[0].count == 1


def test_no_events_no_shifts() -> None:
    assert shifts([]) == []


@pytest.mark.parametrize("pause", [4 * 3600 - 60, 4 * 3600 + 60])
def test_four_hours_are_a_long_pause(pause: float) -> None:
    assert len(shifts([found(5), found(5 + pause)])) == (1 if pause < 4 * 3600 else 2)

"""What only shows when rules are seen together."""

import pytest

from firmware_py.core.errors import DeskcueError
from tests.rules.said import book


def duty(rule_id: str, hours: str, need: str = "phrase.P1", more: str = "") -> str:
    return (
        f'[[rule]]\nid = "{rule_id}"\nkind = "must"\nclause = "A2"\nneed = ["{need}"]\n'
        f'after = "call.start"\nwithin_s = 5\nhours = "{hours}"\n{more}\n'
    )


def complaint(*rules: str) -> str:
    with pytest.raises(DeskcueError) as error:
        book("".join(rules))
    return str(error.value)


def test_hours_that_cover_the_day_are_well() -> None:
    book(duty("a", "06:00-18:00") + duty("b", "18:00-06:00"))
    book(duty("a", "06:00-18:00") + duty("b", "17:00-06:00"))


def test_a_gap_in_the_day_is_told() -> None:
    told = complaint(duty("a", "06:00-18:00"), duty("b", "18:30-06:00"))
    assert told.endswith('rule "b": with its like it leaves 18:00-18:30 uncovered')
    told = complaint(duty("a", "06:00-12:00"), duty("b", "12:00-23:00"))
    assert "leaves 00:00-06:00 uncovered" in told


def test_a_duty_alone_may_hold_at_some_hours_only() -> None:
    book(duty("a", "08:00-20:00"))


def test_a_duty_that_is_off_covers_nothing() -> None:
    off = duty("c", "18:00-06:00", more="enabled = false")
    told = complaint(duty("a", "06:00-12:00"), duty("b", "12:00-18:00"), off)
    assert told.endswith('rule "b": with its like it leaves 00:00-06:00 uncovered')


def test_two_duties_at_the_same_hour_contradict_each_other() -> None:
    told = complaint(duty("a", "06:00-18:00"), duty("b", "17:00-06:00", "phrase.P2"))
    assert told.endswith('rule "b": contradicts rule "a": both hold at some hour')


def test_days_are_apart() -> None:
    book(
        duty("a", "06:00-18:00", more='days = "holiday"')
        + duty("b", "18:00-06:00", more='days = "holiday"')
        + duty("c", "12:00-00:00", "phrase.P2", 'days = "ordinary"')
        + duty("d", "00:00-12:00", "phrase.P2", 'days = "ordinary"')
    )


def test_a_circle_is_told_at_its_rule() -> None:
    faulty = '[[rule]]\nid = "x"\n'
    a = '[[rule]]\nid = "a"\nkind = "never"\nwhen = "rule.b"\n'
    b = '[[rule]]\nid = "b"\nkind = "never"\nwhen = "rule.a"\n'
    first, second = complaint(faulty, a, b).splitlines()
    assert ':19: rule "x": ' in first
    assert second.endswith(':21: rule "a": listens to itself, by way of rule "b"')

"""Recall at a rate of false alarms."""

import numpy as np
import pytest

from lab.evaluation.rates import CLEAR, curve, recall, recall_at, threshold_at, thresholds_for

HELD = np.array([[True, False], [False, True], [False, False], [False, False]])
SCORES = np.array([[-0.1, -0.9], [-0.5, -0.6], [-0.7, -2.0], [-3.0, -1.0]], dtype=np.float32)
WHO = ["a", "b", "b", "b"]


def test_as_many_pass_as_are_allowed() -> None:
    for allowed in range(4):
        threshold = threshold_at(SCORES, HELD, allowed)
        assert (SCORES[~HELD] >= threshold).sum() == allowed


def test_recall_counts_what_is_said_alone() -> None:
    # Half an hour of two phrases: one false alarm each hour and phrase is one of them.
    found = recall_at(SCORES, HELD, WHO, hours=0.5, rate=1.0)
    assert found.share == 1.0
    assert (found.said, found.speakers) == (2, 2)
    assert recall_at(SCORES, HELD, WHO, hours=0.5, rate=0.0).share == 0.5


def test_the_interval_is_of_speakers_and_holds_the_share() -> None:
    passed = np.array([True] * 30 + [False] * 10)
    alike = recall(passed, [str(number) for number in range(40)])
    few = recall(passed, ["a"] * 30 + ["b"] * 10)
    assert alike.interval[0] < alike.share < alike.interval[1]
    assert few.interval == (0.0, 1.0)
    assert few.interval[1] - few.interval[0] > alike.interval[1] - alike.interval[0]


def test_a_curve_misses_more_where_less_passes() -> None:
    rates, missed = curve(SCORES, HELD, 0.5)
    assert rates == sorted(rates)
    assert missed == sorted(missed, reverse=True)


def test_a_smaller_budget_asks_for_more() -> None:
    others = -np.random.default_rng(3).uniform(0.3, 3, (400, 2)).astype(np.float32)
    strict, loose = (thresholds_for(others, 2.0, budget) for budget in (0.01, 1.0))
    assert (strict > loose).all()


def test_nothing_that_was_heard_passes_where_none_should_have_been() -> None:
    few = np.full((50, 1), -9.0, np.float32)
    few[3] = -1.0
    assert thresholds_for(few, 1.0, 0.1) == pytest.approx(-1.0 + CLEAR)

"""Thresholds from a near-miss log."""

import numpy as np
import pytest

from firmware_py.outbox.near_miss_log import Note
from firmware_py.rules.rulebook import Phrase
from firmware_py.tuning.estimate import LOOSEST
from firmware_py.tuning.tune import advise, enough, hours_of

PHRASE = Phrase("F5", "不关我的事", ("bu guan wo de shi",), -1.0)


def note(score: float, heard: float = 3600.0, phrase: str = "F5") -> Note:
    return Note("2026-01-05T09:00:00+00:00", phrase, score, score >= -1.0, heard)


def near(power: float, count: int) -> list[Note]:
    """Notes of near-misses whose costs, from 1.0 to 1.6, are as dense as a power of them."""
    at = np.linspace(0, 1, count)
    costs = (1.0 + at * (1.6**power - 1.0)) ** (1 / power)
    return [note(-cost - 1e-6) for cost in costs]


def test_many_near_misses_ask_for_a_stricter_threshold() -> None:
    (advice,) = advise(near(4.0, 40), [PHRASE], 20.0, 0.001)
    assert enough(advice)
    assert advice.per_hour is not None
    assert advice.per_hour > 0.001
    assert advice.proposed > PHRASE.threshold


def test_near_misses_that_thin_out_fast_allow_a_looser_one() -> None:
    (advice,) = advise(near(40.0, 40), [PHRASE], 1000.0, 0.001)
    assert LOOSEST <= advice.proposed < PHRASE.threshold


def test_few_leave_it_as_it_is() -> None:
    (advice,) = advise(near(4.0, 3), [PHRASE], 20.0, 0.001)
    assert not enough(advice)
    assert advice.per_hour is None
    assert advice.proposed == PHRASE.threshold


def test_hits_are_counted_and_not_fitted() -> None:
    without = advise(near(4.0, 40), [PHRASE], 20.0, 0.001)[0]
    hits = advise([*near(4.0, 40), note(-0.1), note(-0.2)], [PHRASE], 20.0, 0.001)[0]
    assert (without.hits, hits.hits) == (0, 2)
    assert hits.proposed == without.proposed


def test_phrases_without_notes_are_left_out() -> None:
    assert advise([note(-1.2, phrase="F6")], [PHRASE], 1.0, 0.001) == []


def test_hours_go_on_over_restarts() -> None:
    notes = [note(-1.2, heard=seconds) for seconds in (100, 1800, 20, 3600)]
    assert hours_of(notes) == pytest.approx(1.5)
    assert hours_of([]) == 0

"""How often a phrase would fire beyond what was seen."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_py.tuning.tail import FEWEST, fit


def costs(power: float, count: int, seed: int = 1) -> np.ndarray:
    """Costs below 4 whose number falls as a power."""
    return 4.0 * np.random.default_rng(seed).random(count) ** (1 / power)


@given(st.floats(2.0, 15.0), st.integers(0, 100))
def test_a_power_is_found_again(power: float, seed: int) -> None:
    tail = fit(costs(power, 40, seed), 1.0)
    assert tail is not None
    assert power * 0.5 < tail.power < power * 2.0


@pytest.mark.parametrize("power", [3.0, 6.0, 12.0])
def test_a_power_is_found_though_the_hits_are_missing(power: float) -> None:
    seen = costs(power, 4000)
    hours, cut = 10.0, 3.2
    tail = fit(seen[seen > cut], hours, cut)
    assert tail is not None
    hits = (seen <= cut).sum() / hours
    assert hits / 2 < tail.per_hour(-cut) < hits * 2


def test_score_and_rate_are_each_other_s_inverse() -> None:
    tail = fit(costs(5.0, 60), 2.0)
    assert tail is not None
    assert tail.per_hour(tail.score(0.01)) == pytest.approx(0.01)
    assert tail.score(0.001) > tail.score(0.01)


def test_too_few_tell_nothing() -> None:
    assert fit(costs(5.0, FEWEST), 1.0) is None


def test_perfect_matches_do_not_break_it() -> None:
    tail = fit([0.0] * 10 + [3.0] * 10, 1.0)
    assert tail is not None
    assert tail.per_hour(-0.5) > 1


def test_equal_costs_do_not_break_it() -> None:
    tail = fit([2.0] * 20, 1.0)
    assert tail is not None
    assert tail.per_hour(-1.0) < 0.01

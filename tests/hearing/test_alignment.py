"""The second look at a match."""

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given

from firmware_py.core.types import FloatArray
from firmware_py.hearing.alignment import WORST, token_costs, worst_syllable
from firmware_py.hearing.closest import best_match
from firmware_py.hearing.lattice import Pronunciation
from firmware_py.hearing.spelling import BLANK, TOKENS

B, U, X, ING, ANG = (TOKENS.index(token) for token in "b u x ing ang".split())
BU_XING = (B, U, X, ING)


def certain(*rows: int) -> FloatArray:
    """Costs of rows in which one token alone can be."""
    costs = np.full((len(rows), BLANK + 1), -10.0, dtype=np.float32)
    costs[np.arange(len(rows)), rows] = 0.0
    return costs


def test_what_is_said_costs_nothing() -> None:
    assert token_costs(certain(B, B, BLANK, U, X, BLANK, ING), BU_XING).tolist() == [0, 0, 0, 0]


def test_the_wrong_token_bears_the_cost() -> None:
    assert token_costs(certain(B, U, X, ANG), BU_XING).tolist() == [0, 0, 0, -10]
    assert worst_syllable(certain(B, U, X, ANG), BU_XING) == -10


def test_an_initial_and_its_final_are_one_syllable() -> None:
    rows = certain(B, U, X, ING)
    rows[:, [B, U]] -= 2.0
    rows[:, X] -= 3.0
    assert worst_syllable(rows, BU_XING) == -4


def test_a_doubled_token_needs_a_blank_between() -> None:
    assert token_costs(certain(U, BLANK, U), (U, U)).tolist() == [0, 0]
    assert token_costs(certain(U, U, U), (U, U)).sum() == -10


def test_too_few_rows_hold_nothing() -> None:
    assert worst_syllable(certain(B, U), BU_XING) == -np.inf


def test_one_wrong_syllable_makes_a_match_no_better_than_its_share_of_it() -> None:
    said = (B, U, X, ING) * 3
    rows = np.log(np.exp(certain(*said)) + 1e-9)
    rows[7, ING] = -9.5
    rows[7, ANG] = 0.0
    match = best_match(rows, [Pronunciation("no", said, -1.0)])
    assert match is not None
    assert match.score == pytest.approx(-9.5 / WORST, abs=0.01)


@given(st.integers(0, 1000), st.integers(4, 30))
def test_tokens_share_what_the_best_path_costs(seed: int, rows: int) -> None:
    costs = -np.random.default_rng(seed).gamma(1.0, 2.0, (rows, BLANK + 1)).astype(np.float32)
    shared = token_costs(costs, BU_XING)
    assert (shared <= 0).all()
    assert shared.sum() == pytest.approx(_best(costs), abs=1e-3)


def _best(costs: FloatArray) -> float:
    """Cost of the best path, by trying all ways to step through the states."""
    states = [B, BLANK, U, BLANK, X, BLANK, ING]
    best = {0: float(costs[0, B])}
    for row in costs[1:]:
        after: dict[int, float] = {}
        for state, cost in best.items():
            for step in (0, 1, 2):
                to = state + step
                if to < len(states) and not (step == 2 and to % 2):
                    after[to] = max(after.get(to, -np.inf), cost + float(row[states[to]]))
        best = after
    return best[6]

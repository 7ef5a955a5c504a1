"""The search for the step that fits: it climbs, and then seldom looks."""

import numpy as np
import pytest

from firmware_py.hearing.voice_fit import AS_IT_IS, WARPS
from firmware_py.hearing.warp_choice import LEAST, SELDOM, WarpChoice


def climbed(best: int, stretches: int, noise: float = 0.5) -> tuple[WarpChoice, int]:
    """Let it choose where the model is surest at a step; count what was heard twice."""
    rng, choice, twice = np.random.default_rng(3), WarpChoice(), 0
    for _ in range(stretches):
        if (neighbour := choice.neighbour()) is not None:
            twice += 1
            nearer = abs(choice.step - best) - abs(neighbour - best)
            choice.learn(neighbour, nearer * 0.5 + rng.normal(0, noise))
    return choice, twice


@pytest.mark.parametrize("best", range(len(WARPS)))
def test_it_finds_the_best_step_wherever_it_lies(best: int) -> None:
    choice, _ = climbed(best, 300)
    assert choice.step == best


def test_a_few_lucky_stretches_move_nothing() -> None:
    choice = WarpChoice()
    for _ in range(LEAST - 1):
        choice.learn(AS_IT_IS - 1, 1.0)
    assert choice.step == AS_IT_IS


def test_chance_moves_nothing() -> None:
    choice = WarpChoice()
    rng = np.random.default_rng(5)
    for _ in range(400):
        if (neighbour := choice.neighbour()) is not None:
            choice.learn(neighbour, rng.normal(-0.2, 1.0))
    assert abs(choice.step - AS_IT_IS) <= 1


def test_once_settled_it_seldom_hears_anything_twice() -> None:
    choice, _ = climbed(AS_IT_IS, 400, noise=0.1)
    heard = sum(choice.neighbour() is not None for _ in range(10 * SELDOM))
    assert heard <= 10

"""Thresholds of red phrases keep two bounds, whatever the rulebook says now."""

import pytest

from lab.evaluation.red_thresholds import NEAR_PASS, bounded

NEAR = [-0.1 * number for number in range(1, 21)]


@pytest.mark.parametrize("asked", [-1.4, -0.9, -0.5])
def test_little_of_what_sounds_near_passes(asked: float) -> None:
    threshold = bounded(asked, NEAR, tokens=10)

    assert threshold >= asked
    assert sum(score >= threshold for score in NEAR) <= NEAR_PASS * len(NEAR)


def test_talk_alone_decides_where_nothing_near_is_known() -> None:
    assert bounded(-0.9, [], tokens=10) == -0.9


def test_a_short_phrase_is_never_loose() -> None:
    assert bounded(-0.9, [], tokens=4) == -0.6

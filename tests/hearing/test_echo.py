"""Correlation of one channel's bands with another's at every delay."""

import numpy as np
import pytest

from firmware_py.core.types import FloatArray
from firmware_py.hearing.echo import correlations, correlations_at_once


def bands(hops: int, seed: int) -> FloatArray:
    """Levels of ten bands that wander, in dB."""
    rng = np.random.default_rng(seed)
    steps = rng.normal(0, 2, (hops, 10)).cumsum(axis=0)
    levels = -50 + 8 * np.sin(steps) + rng.normal(0, 2, steps.shape)
    return np.asarray(levels, dtype=np.float32)


def test_many_delays_at_once_are_the_same_as_one_by_one() -> None:
    theirs = bands(1_500, 1)
    ours = theirs[700:900] + np.random.default_rng(2).normal(0, 3, (200, 10)).astype(np.float32)
    clear = ours > -52
    slow, fast = correlations(ours, theirs, clear), correlations_at_once(ours, theirs, clear)
    assert fast == pytest.approx(slow, abs=1e-9)
    assert fast.argmax() == 700


def test_where_nothing_changes_nothing_is_alike() -> None:
    still = np.full((600, 10), -60.0, dtype=np.float32)
    ours = bands(200, 3)
    for told in (correlations, correlations_at_once):
        assert np.abs(told(ours, still, ours > -52)).max() < 0.01

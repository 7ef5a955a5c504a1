"""What is told of a call."""

import numpy as np
import pytest

from firmware_py.reports.call_timeline import runs
from tests.reports.samples import call_timeline


def test_shares_of_the_time_add_up() -> None:
    share = call_timeline(seconds=80).share
    assert (share.agent, share.both, share.caller) == pytest.approx((3 / 8, 1 / 8, 4 / 8))
    assert share.quiet == 0


def test_a_call_of_no_length_has_no_shares() -> None:
    share = call_timeline(seconds=0).share
    assert (share.agent, share.both, share.caller, share.quiet) == (0, 0, 0, 0)


def test_runs_are_where_flags_are_set() -> None:
    flags = np.array([1, 1, 0, 0, 1, 0, 1], dtype=np.bool_)
    assert runs(flags) == [(0, 2), (4, 5), (6, 7)]
    assert runs(np.zeros(3, np.bool_)) == []

"""Syllables in the posteriors."""

import hypothesis.strategies as st
import numpy as np
from hypothesis import given

from firmware_py.core.types import FloatArray
from firmware_py.hearing.spelling import BLANK, INITIALS, TOKENS
from firmware_py.hearing.syllables import Syllables

INITIAL, FINAL, OTHER = 0, len(INITIALS), len(INITIALS) + 1


def posteriors(tokens: list[int]) -> FloatArray:
    return np.asarray(np.log(np.eye(len(TOKENS) + 1)[tokens] + 1e-3), np.float32)


def test_every_final_is_one_syllable_however_long_it_is_heard() -> None:
    path = [BLANK, INITIAL, FINAL, FINAL, BLANK, FINAL, OTHER, BLANK]
    assert Syllables().feed(posteriors(path), 10) == [36, 45, 48]


@given(
    st.lists(st.sampled_from([BLANK, INITIAL, FINAL, OTHER]), max_size=40),
    st.lists(st.integers(0, 40), max_size=6),
)
def test_any_split_finds_the_same(path: list[int], cuts: list[int]) -> None:
    whole = posteriors(path) if path else np.empty((0, BLANK + 1), np.float32)
    syllables, found, row = Syllables(), [], 0
    for part in np.split(whole, sorted(cuts)):
        found += syllables.feed(part, row)
        row += len(part)
    assert found == Syllables().feed(whole, 0)

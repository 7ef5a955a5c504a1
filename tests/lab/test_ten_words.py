"""Words that are cut out of what was heard of a sentence, and the right one among others."""

import random

import numpy as np
import pytest

from firmware_py.core.types import FloatArray
from firmware_py.hearing.spelling import BLANK
from lab.evaluation.ten_words import AROUND, is_first, rows_of, two_syllables
from lab.training import corpus

SAID = ("ni", "hao", "xie", "xie")
APART = 8
"""Rows between two tokens."""


def heard(syllables: tuple[str, ...]) -> FloatArray:
    """Log posteriors of a sentence that a model is sure of, shape [rows, 59]."""
    tokens = corpus.tokens_of(syllables)
    rows = np.full((APART * (len(tokens) + 2), BLANK + 1), -12.0, dtype=np.float32)
    rows[:, BLANK] = 0.0
    for place, token in enumerate(tokens, 1):
        rows[place * APART, token], rows[place * APART, BLANK] = 0.0, -12.0
    return rows


def test_a_word_is_cut_out_where_it_is_said() -> None:
    rows = rows_of(heard(SAID), SAID, 2)
    assert rows is not None
    peaks = rows[:, :BLANK].argmax(axis=1)[rows[:, BLANK] < -1]
    assert tuple(peaks.tolist()) == corpus.tokens_of(SAID[2:])
    assert rows[AROUND, BLANK] < -1  # the first one, with what goes before it


def test_a_sentence_that_is_too_long_for_its_sound_gives_nothing() -> None:
    assert rows_of(heard(("ni",))[:4], SAID, 0) is None


@pytest.mark.parametrize(("said", "first"), [(("xie", "xie"), True), (("ka", "che"), False)])
def test_the_word_that_is_said_comes_first(said: tuple[str, ...], first: bool) -> None:
    right = corpus.tokens_of(("xie", "xie"))
    words = [said, *two_syllables()[:200]]
    assert is_first(heard(said), right, words, random.Random(1)) is first

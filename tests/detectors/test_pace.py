"""Pace, from phone posteriors whose syllables are known."""

from dataclasses import replace

import numpy as np
import pytest

from firmware_py.core.types import FloatArray, Observation
from firmware_py.detectors.pace import Pace
from tests.detectors.made_features import names, run, spoken, syllables


def said(*parts: FloatArray, detector: Pace | None = None) -> list[Observation]:
    rows = np.concatenate(parts)
    features = spoken("." * (len(rows) * 3 // 10 + 1), "")
    return run(detector or Pace(), [replace(features, posteriors=rows)])


def pause(seconds: float) -> FloatArray:
    return np.concatenate([syllables(1, 2), syllables(1, round(seconds / 0.03))[2:]])


@pytest.mark.parametrize(("rows", "name"), [(4, "pace.fast"), (15, "pace.slow")])
def test_syllables_are_counted_in_time(rows: int, name: str) -> None:
    (first, *_) = said(syllables(60, rows))
    assert first.name == name
    assert first.value == pytest.approx(1 / (rows * 0.03), rel=0.01)
    assert first.end == pytest.approx((40 * rows + 2) * 0.03, abs=0.1)


def test_a_moderate_pace_says_nothing() -> None:
    assert said(syllables(200, 7)) == []


def test_pauses_do_not_slow_the_pace() -> None:
    phrase = [syllables(10, 4), pause(1.0)]
    seen = said(*phrase * 8)
    assert {o.name for o in seen} == {"pace.fast"}
    assert seen[-1].value == pytest.approx(1 / 0.12, rel=0.01)


def test_a_syllable_that_is_not_heard_does_not_slow_the_pace() -> None:
    rows = syllables(200, 5)
    for lost in range(7, 200, 9):
        rows[5 * lost : 5 * lost + 2] = rows[2:4]
    assert said(rows, detector=Pace(fast_per_s=4.0))[0].value == pytest.approx(1 / 0.15, rel=0.01)


def test_a_few_fast_words_are_not_enough() -> None:
    assert said(syllables(40, 4)) == []


def test_what_was_said_long_ago_does_not_count() -> None:
    assert said(syllables(35, 4), pause(70), syllables(35, 4)) == []


def test_it_is_said_again_after_a_while_only() -> None:
    seen = said(syllables(1000, 4))
    assert names(seen) == ["pace.fast"] * 6
    assert seen[1].at - seen[0].at == pytest.approx(20, abs=0.2)


def test_a_final_that_lasts_is_one_syllable() -> None:
    rows = syllables(60, 8)
    rows[2::8] = rows[1::8]
    assert said(rows, detector=Pace(fast_per_s=4.0))[0].value == pytest.approx(1 / 0.24, rel=0.01)

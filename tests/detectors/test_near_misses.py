"""What almost was a phrase."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from firmware_py.core.types import Features, FloatArray
from firmware_py.detectors.near_misses import MARGIN, NearMisses
from firmware_py.detectors.phrases import Phrases
from firmware_py.hearing.lattice import pronunciations_of
from firmware_py.hearing.phone_model import HOPS_PER_STEP
from firmware_py.hearing.spelling import BLANK
from tests.detectors.made_features import run, split, spoken, syllables

WAYS = pronunciations_of("F11", ["da da da"], -0.5)


def features(posteriors: FloatArray) -> Features:
    """A Frame with these rows, and silence after them."""
    quiet = np.full((60, posteriors.shape[1]), -9.0, dtype=np.float32)
    quiet[:, BLANK] = -0.01
    rows = np.concatenate([quiet[:10], posteriors, quiet])
    rows = rows[: len(rows) // 2 * 2]
    bare = spoken("#" * (len(rows) * 3 // 10 + 1), "")
    return Features(
        start=0,
        level=bare.level[: len(rows) * 3],
        floor=bare.floor[: len(rows) * 3],
        speaking=bare.speaking[: len(rows) * 3],
        microphone=bare.microphone[: len(rows) * 3],
        mel=bare.mel[: len(rows) * 3],
        agent_bands=bare.agent_bands[: len(rows) * 3],
        caller_bands=bare.caller_bands[: len(rows) * 3],
        caller_tone=bare.caller_tone[: len(rows) * 3],
        pitch=bare.pitch[: len(rows) * 3],
        posterior_start=0,
        posteriors=rows,
    )


def said(off_by: float) -> FloatArray:
    """The phrase, its last vowel that much less likely than another sound."""
    rows = syllables(3, 4)
    place = np.flatnonzero(rows[:, BLANK] < -1)[-1]
    rows[place, BLANK] = -0.01
    rows[place, rows[place].argsort()[-2]] = -off_by
    return rows


def test_what_is_near_is_noted_once_with_its_threshold() -> None:
    (seen,) = run(NearMisses(WAYS), [features(said(4.0))])
    assert seen.name == "near.F11"
    assert -0.5 - MARGIN <= seen.score < -0.5
    assert seen.value == -0.5
    assert seen.start < seen.end <= seen.at


def test_a_phrase_is_no_near_miss() -> None:
    assert run(NearMisses(WAYS), [features(said(0.01))]) == []
    assert len(run(Phrases(WAYS), [features(said(0.01))])) == 1


def test_what_is_far_is_not_noted() -> None:
    assert run(NearMisses(WAYS), [features(said(8.9))]) == []


@given(st.lists(st.integers(0, 200), max_size=8))
def test_any_split_gives_the_same(cuts: list[int]) -> None:
    whole = features(np.concatenate([said(4.0), said(3.5)]))
    cuts = [cut // HOPS_PER_STEP * HOPS_PER_STEP for cut in cuts if cut < whole.hops]
    found = run(NearMisses(WAYS), split(whole, cuts))
    assert found == run(NearMisses(WAYS), [whole])
    assert found


def test_reset_equals_fresh() -> None:
    detector = NearMisses(WAYS)
    run(detector, [features(said(4.0))])
    detector.reset()
    assert run(detector, [features(said(4.0))]) == run(NearMisses(WAYS), [features(said(4.0))])

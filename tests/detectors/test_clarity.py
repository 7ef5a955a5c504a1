"""Speech that becomes less clear than it was."""

from dataclasses import replace

import numpy as np
import pytest

from firmware_py.core.types import Features, FloatArray, Observation
from firmware_py.detectors.clarity import Clarity, facts
from firmware_py.hearing.spelling import BLANK
from tests.detectors.made_features import blurred, names, run, spoken, syllables


def features(*parts: FloatArray) -> Features:
    return replace(spoken("", ""), posteriors=np.concatenate(parts))


def heard(*parts: FloatArray) -> list[Observation]:
    return run(Clarity(learn=200), [features(*parts)])


def doubtful(posteriors: FloatArray) -> FloatArray:
    """The same phones and blanks, each phone one of four that are equally likely."""
    some = np.exp(posteriors)
    phone = 1 - some[:, BLANK]
    some[:, :BLANK] = 0.001 * some[:, :BLANK]
    some[:, 10:14] += phone[:, None] / 4
    return np.asarray(np.log(some / some.sum(axis=1, keepdims=True)), np.float32)


def test_clear_speech_says_nothing() -> None:
    assert heard(syllables(900, 4)) == []


@pytest.mark.parametrize("spoil", [blurred, doubtful])
def test_who_was_never_clear_is_not_found(spoil: object) -> None:
    assert callable(spoil)
    assert heard(spoil(syllables(900, 4))) == []


def test_peaks_that_grow_dull_are_slurred_speech() -> None:
    (first, *_) = heard(syllables(400, 4), blurred(syllables(200, 4)))
    assert first.name == "clarity.slurred"
    assert first.end > 400 * 4 * 0.03
    assert first.value >= 0.2


def test_phones_that_nobody_knows_are_foreign() -> None:
    (first, *_) = heard(syllables(400, 4), doubtful(syllables(200, 4)))
    assert first.name == "clarity.foreign"
    assert 0.4 <= first.value < 2


def test_what_stays_wrong_is_said_again_but_not_at_once() -> None:
    said = heard(syllables(400, 4), doubtful(syllables(600, 4)))
    assert {*names(said)} == {"clarity.foreign"}
    gaps = np.diff([seen.at for seen in said])
    assert len(said) >= 2
    assert gaps.min() >= 30


def test_what_is_strange_is_not_learnt() -> None:
    detector = Clarity(learn=200)
    run(detector, [features(syllables(400, 4))])
    usual = detector.snapshot()
    run(detector, [features(doubtful(syllables(3000, 4)))])
    assert detector.snapshot()["doubt"] == pytest.approx(usual["doubt"], abs=0.1)


def test_another_run_goes_on_from_a_snapshot() -> None:
    first, second = Clarity(learn=200), Clarity(learn=200)
    run(first, [features(syllables(400, 4))])
    second.restore(first.snapshot())
    assert names(run(second, [features(doubtful(syllables(100, 4)))]))[:1] == ["clarity.foreign"]
    second.restore({"something else": 1.0})


def test_no_posteriors_tell_nothing() -> None:
    rows, told = facts(np.zeros((0, 0), np.float32))
    assert rows.shape == (0,)
    assert told.shape == (0, 2)

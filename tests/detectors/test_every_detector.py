"""What holds for every detector in the registry, now and in time to come."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware_py.core.ports import Detector
from firmware_py.core.types import RATE, Features, Observation
from firmware_py.detectors import DETECTORS, FAILURE
from firmware_py.rules.vocabulary import OBSERVATIONS
from tests.detectors.made_features import (
    bites,
    blurred,
    hear,
    noise,
    run,
    split,
    syllables,
    to_pcm,
    voice,
)

EVERY = pytest.mark.parametrize("name", sorted(DETECTORS))


def busy_call() -> Features:
    """A call in which every detector has something to think about."""
    rng = np.random.default_rng(5)
    agent = [
        noise(1, -65),
        voice(6, -28),
        noise(1, -65),
        voice(2, -10, 220, -6),
        noise(9, -65),
        voice(2, -28),
    ]
    caller = [
        noise(1, -65),
        voice(6, -25, 200),
        noise(9, -65),
        voice(3, -25, 200),
        voice(4, -6, 200),
    ]
    pcm = to_pcm(np.concatenate([*agent, bites(17, 1.5)]), np.concatenate(caller))
    pcm[:, 1] += rng.integers(-8, 8, len(pcm), dtype=np.int16)
    (features,) = hear(pcm)
    posteriors = np.concatenate([syllables(150, 4), blurred(syllables(50, 4))])
    return replace(features, posteriors=posteriors[: features.hops // 3])


FRAME = busy_call()
EAGER: dict[str, dict[str, float]] = {
    "channels": {"same_s": 0.0},
    "clarity": {"learn": 50, "stretch": 30},
    "shares": {"most": 0.3, "least_s": 5.0},
}
"""Settings of those that this call is too short for."""


def eager(name: str) -> Detector:
    return DETECTORS[name](**EAGER.get(name, {}))


WHOLE = {name: run(eager(name), [FRAME]) for name in DETECTORS}


@EVERY
def test_the_call_makes_it_speak(name: str) -> None:
    assert WHOLE[name]


@EVERY
@settings(max_examples=15)
@given(cuts=st.lists(st.integers(0, FRAME.hops), max_size=20))
def test_any_split_gives_the_same(name: str, cuts: list[int]) -> None:
    assert run(eager(name), split(FRAME, cuts)) == WHOLE[name]


@EVERY
def test_blocks_of_six_hops_give_the_same(name: str) -> None:
    assert run(eager(name), split(FRAME, range(0, FRAME.hops, 6))) == WHOLE[name]


@EVERY
def test_reset_is_fresh(name: str) -> None:
    detector = eager(name)
    run(detector, [FRAME])
    detector.reset()
    assert run(detector, [FRAME]) == WHOLE[name]


@EVERY
@pytest.mark.parametrize("seconds", [0, 60])
def test_silence_says_nothing(name: str, seconds: int) -> None:
    heard = run(DETECTORS[name](), hear(np.zeros((seconds * RATE, 2), dtype=np.int16)))
    told = [seen.name for seen in heard if not seen.name.startswith("fault.microphone")]
    assert told == (["line.idle"] if name == "call" and seconds else [])


@EVERY
def test_times_never_run_back_and_numbers_are_sane(name: str) -> None:
    said: list[Observation] = WHOLE[name]
    assert [seen.at for seen in said] == sorted(seen.at for seen in said)
    for seen in said:
        assert 0 <= seen.start <= seen.end <= seen.at <= FRAME.hops / 100
        assert 0 <= seen.score <= 1
        assert math.isfinite(seen.value)


@EVERY
def test_it_speaks_in_the_frame_that_holds_the_moment(name: str) -> None:
    detector = eager(name)
    for features in split(FRAME, range(0, FRAME.hops, 6)):
        for seen in detector.feed(features):
            assert features.start < round(seen.at * 100) <= features.start + features.hops


@EVERY
def test_it_says_what_it_hears(name: str) -> None:
    text = DETECTORS[name].__doc__ or ""
    assert "Observation.value" in text
    assert "Known weaknesses" in text


def test_the_vocabulary_of_rules_is_what_detectors_declare() -> None:
    declared = {name for detector in DETECTORS.values() for name in detector.EMITS}
    assert set(OBSERVATIONS) == declared | {FAILURE}

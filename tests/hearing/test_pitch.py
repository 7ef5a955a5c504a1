"""Pitch, on sounds whose pitch is known."""

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings

from firmware_py.core.types import HOP, RATE, BoolArray, FloatArray
from firmware_py.hearing.pitch import Pitch
from tests.detectors.made_features import Sound, noise


def harmonics(hz: Sound, lowest_hz: float = 0.0) -> Sound:
    """Harmonics up to 3.4 kHz of a gliding pitch, falling 6 dB an octave, from a frequency on."""
    turns = 2 * np.pi * np.cumsum(hz) / RATE
    orders = np.arange(1, int(3_400 / hz.max()) + 1)
    heard = orders[orders * hz.min() >= lowest_hz]
    return np.asarray(np.sum([np.sin(n * turns + n) / n for n in heard], axis=0) * 0.1)


def steady(hz: float, seconds: float = 0.5) -> Sound:
    return np.full(round(seconds * RATE), hz)


def everywhere(pcm: np.ndarray) -> BoolArray:
    return np.ones(len(pcm) // HOP, dtype=np.bool_)


def heard(sound: Sound) -> FloatArray:
    pcm = np.rint(sound * 32_767).astype(np.int16)
    return Pitch().feed(pcm, everywhere(pcm))


@pytest.mark.parametrize("hz", [80, 100, 147, 220, 311, 450])
@pytest.mark.parametrize("lowest_hz", [0, 300])
def test_a_steady_pitch_is_right_even_without_its_fundamental(hz: float, lowest_hz: float) -> None:
    sound = harmonics(steady(hz), lowest_hz)
    assert heard(sound)[6:] == pytest.approx(hz, rel=0.01)
    assert heard(sound + noise(0.5, -45))[6:] == pytest.approx(hz, rel=0.02)


def test_a_glide_is_followed_in_time() -> None:
    hz = 150 * 2 ** np.linspace(0, 1, RATE)
    middles = np.arange(10, 100) * HOP + HOP - int(2.5 * HOP)
    assert heard(harmonics(hz))[10:] == pytest.approx(hz[middles], rel=0.02)


@pytest.mark.parametrize("seed", range(3))
def test_noise_has_no_pitch(seed: int) -> None:
    assert np.count_nonzero(heard(noise(4, -25, seed))) <= 4


def test_mains_hum_does_no_harm() -> None:
    hum = 0.05 * np.sin(2 * np.pi * 50 * np.arange(RATE // 2) / RATE)
    assert heard(harmonics(steady(130)) + hum)[6:] == pytest.approx(130, rel=0.02)


def test_silence_has_none() -> None:
    assert not heard(np.zeros(RATE)).any()


def test_only_who_speaks_is_listened_to() -> None:
    sound = harmonics(steady(200))
    pcm = np.rint(sound * 32_767).astype(np.int16)
    speaking = everywhere(pcm)
    speaking[20:30] = False
    pitch = Pitch().feed(pcm, speaking)
    assert not pitch[20:30].any()
    assert np.array_equal(pitch[30:], heard(sound)[30:])


@settings(max_examples=40)
@given(st.lists(st.integers(0, 700), max_size=20), st.integers(0, 2**32 - 1))
def test_any_split_gives_the_same_bits(sizes: list[int], seed: int) -> None:
    rng = np.random.default_rng(seed)
    total = sum(sizes)
    pcm = (harmonics(steady(rng.uniform(80, 400), 1))[:total] * 32_767).astype(np.int16)
    pcm = np.resize(pcm, total) + rng.integers(-900, 900, total, dtype=np.int16)
    speaking = rng.random(total // HOP) < 0.7
    whole = Pitch().feed(pcm, speaking)
    pitch, parts, at = Pitch(), [np.empty(0, np.float32)], 0
    for size in sizes:
        hops = (at + size) // HOP - at // HOP
        parts.append(pitch.feed(pcm[at : at + size], speaking[at // HOP : at // HOP + hops]))
        at += size
    assert np.array_equal(np.concatenate(parts), whole)


def test_reset_equals_fresh() -> None:
    pcm = np.rint(harmonics(steady(200)) * 32_767).astype(np.int16)
    pitch = Pitch()
    pitch.feed(pcm[:1234], everywhere(pcm[:1234]))
    pitch.reset()
    assert np.array_equal(pitch.feed(pcm, everywhere(pcm)), Pitch().feed(pcm, everywhere(pcm)))

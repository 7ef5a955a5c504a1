"""Log-mel energies."""

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given

from firmware_py.core.types import HOP, RATE
from firmware_py.hearing.mel import BANDS, FLOOR, LogMel


def sine(hz: float, seconds: float, amplitude: float = 32_000.0) -> np.ndarray:
    time = np.arange(int(seconds * RATE)) / RATE
    return np.round(amplitude * np.sin(2 * np.pi * hz * time)).astype(np.int16)


def test_a_hop_gives_a_row_as_soon_as_it_is_complete() -> None:
    mel = LogMel()
    assert mel.feed(np.zeros(HOP - 1, dtype=np.int16)).shape == (0, BANDS)
    assert mel.feed(np.zeros(1, dtype=np.int16)).shape == (1, BANDS)


def test_digital_silence_is_the_floor() -> None:
    rows = LogMel().feed(np.zeros(10 * HOP, dtype=np.int16))
    assert rows == pytest.approx(np.log(FLOOR))


@pytest.mark.parametrize("hz", [100, 440, 1000, 3000, 7000])
def test_a_full_scale_sine_is_near_one_and_in_its_band(hz: float) -> None:
    row = LogMel().feed(sine(hz, 0.2))[-1]
    centres = np.linspace(0, 1, BANDS + 2)[1:-1]
    mel = 2595 * np.log10(1 + hz / 700)
    low, high = 2595 * np.log10(1 + np.array([60, 7600]) / 700)
    assert abs(centres[row.argmax()] - (mel - low) / (high - low)) < 1.5 / BANDS
    assert -1.5 < row.max() < 1.0


def test_every_bin_counts_once() -> None:
    noise = np.random.default_rng(1).integers(-3000, 3000, RATE).astype(np.int16)
    rows = LogMel().feed(noise)
    assert np.exp(rows).sum(axis=1).std() < 0.3 * np.exp(rows).sum(axis=1).mean()


@given(st.lists(st.integers(0, 700), max_size=20), st.integers(0, 2**32 - 1))
def test_any_split_gives_the_same_bits(sizes: list[int], seed: int) -> None:
    total = sum(sizes)
    pcm = np.random.default_rng(seed).integers(-9000, 9000, total).astype(np.int16)
    whole = LogMel().feed(pcm)
    mel = LogMel()
    parts = [mel.feed(part) for part in np.split(pcm, np.cumsum(sizes)[:-1])] if sizes else []
    joined = np.concatenate([np.empty((0, BANDS), np.float32), *parts])
    assert np.array_equal(whole, joined)


def test_reset_equals_fresh() -> None:
    mel = LogMel()
    mel.feed(sine(500, 0.123))
    mel.reset()
    assert np.array_equal(mel.feed(sine(700, 0.1)), LogMel().feed(sine(700, 0.1)))

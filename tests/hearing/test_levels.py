"""Levels: RMS per hop, deaf to DC and hum."""

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_py.core.types import HOP, RATE, PcmArray
from firmware_py.hearing.levels import SILENCE_DB, Levels

Sound = npt.NDArray[np.float64]
T = np.arange(RATE) / RATE


def pcm(agent: Sound | float, caller: Sound | float = 0.0) -> PcmArray:
    sides = np.broadcast_arrays(agent, caller, T)[:2]
    return np.round(np.stack(sides, axis=1) * 32767).astype(np.int16)


def sine(hz: float, db: float) -> Sound:
    return np.asarray(np.sqrt(2) * 10 ** (db / 20) * np.sin(2 * np.pi * hz * T + 0.3))


@pytest.mark.parametrize("db", [-6.0, -20.0, -60.0])
def test_tells_the_level_of_a_tone_and_of_noise(db: float) -> None:
    noise = np.random.default_rng(0).standard_normal(RATE) * 10 ** (db / 20)
    level = Levels().feed(pcm(sine(1_000, db), np.clip(noise, -1, 1)))
    assert level.dtype == np.float32
    assert level.shape == (100, 2)
    assert np.abs(level[:, 0] - db).max() < 0.3
    assert abs(level[:, 1].mean() - db) < (1.0 if db == -6.0 else 0.3)


def test_keeps_the_channels_apart() -> None:
    level = Levels().feed(pcm(sine(1_000, -20), 0.0))
    assert (level[:, 1] == SILENCE_DB).all()


@pytest.mark.parametrize("offset", [-1.0, 0.3, 1.0])
def test_does_not_hear_dc(offset: float) -> None:
    assert (Levels().feed(pcm(offset)) < -90).all()


def test_hardly_hears_mains_hum() -> None:
    assert Levels().feed(pcm(sine(50, -20)))[:, 0].max() < -20 - 30


def test_speech_on_top_of_dc_and_hum_keeps_its_level() -> None:
    level = Levels().feed(pcm(sine(700, -30) + 0.2 + sine(50, -30)))
    assert np.abs(level[:, 0] + 30).max() < 0.5


@given(cuts=st.lists(st.integers(0, 10 * HOP), max_size=8))
def test_any_split_gives_the_same_bits(cuts: list[int]) -> None:
    sound = np.random.default_rng(3).integers(-32768, 32767, (10 * HOP, 2)).astype(np.int16)
    levels = Levels()
    parts = [levels.feed(part) for part in np.split(sound, sorted(cuts))]
    assert np.array_equal(np.concatenate(parts), Levels().feed(sound))


def test_reset_forgets_a_broken_hop() -> None:
    levels = Levels()
    levels.feed(pcm(1.0)[: HOP // 2])
    levels.reset()
    assert np.array_equal(levels.feed(pcm(0.0)), Levels().feed(pcm(0.0)))

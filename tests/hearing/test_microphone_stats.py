"""Microphone: extremes, mean and hum of the raw samples."""

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_py.core.types import HOP, RATE, FloatArray, PcmArray
from firmware_py.hearing.microphone_stats import HIGHEST, HUM_COS, LOWEST, MEAN, MicrophoneStats

Sound = npt.NDArray[np.float64]
T = np.arange(2 * RATE) / RATE


def pcm(agent: Sound) -> PcmArray:
    both = np.stack([agent, np.ones_like(agent) / 2], axis=1)
    return np.asarray(np.round(both * 32_767), dtype=np.int16)


def noise(rms: float) -> Sound:
    return np.asarray(np.random.default_rng(0).standard_normal(len(T)) * rms)


def hum(told: FloatArray) -> float:
    """Amplitude of the 50 Hz over all hops, 1 is full scale."""
    return float(np.hypot(*told[:, HUM_COS:].mean(axis=0)))


def test_tells_the_extremes_and_the_mean() -> None:
    told = MicrophoneStats().feed(pcm(0.25 + 0.5 * np.sin(2 * np.pi * 400 * T)))
    assert told.shape == (200, 5)
    assert told.dtype == np.float32
    assert told[:, LOWEST] == pytest.approx(-0.25, abs=1e-3)
    assert told[:, HIGHEST] == pytest.approx(0.75, abs=1e-3)
    assert told[:, MEAN] == pytest.approx(0.25, abs=1e-3)


@pytest.mark.parametrize("phase", [0.0, 1.0, 2.5])
@pytest.mark.parametrize("hz", [49.9, 50.0])
def test_hears_hum_under_noise_and_dc(hz: float, phase: float) -> None:
    sound = 0.02 * np.sin(2 * np.pi * hz * T + phase) + noise(0.03) + 0.1
    assert hum(MicrophoneStats().feed(pcm(sound))) == pytest.approx(0.02, rel=0.15)


@pytest.mark.parametrize("hz", [85.0, 100.0, 220.0])
def test_other_tones_are_no_hum(hz: float) -> None:
    assert hum(MicrophoneStats().feed(pcm(0.3 * np.sin(2 * np.pi * hz * T)))) < 0.003


@given(cuts=st.lists(st.integers(0, 10 * HOP), max_size=8))
def test_any_split_gives_the_same_bits(cuts: list[int]) -> None:
    sound = np.random.default_rng(3).integers(-32768, 32767, (10 * HOP, 2)).astype(np.int16)
    microphone = MicrophoneStats()
    parts = [microphone.feed(part) for part in np.split(sound, sorted(cuts))]
    assert np.array_equal(np.concatenate(parts), MicrophoneStats().feed(sound))


def test_reset_forgets_a_broken_hop_and_the_phase() -> None:
    sound = pcm(noise(0.1))
    microphone = MicrophoneStats()
    microphone.feed(sound[: 3 * HOP + 50])
    microphone.reset()
    assert np.array_equal(microphone.feed(sound), MicrophoneStats().feed(sound))

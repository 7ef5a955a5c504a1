"""From any rate and number of channels to what the device hears."""

import itertools
from functools import cache

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given

from firmware_py.audio.resampler import Resampler, Samples, from_int16
from firmware_py.core.types import RATE, PcmArray

RATES = (8_000, 16_000, 44_100, 48_000, 96_000)


@cache
def sound(rate: int, channels: int = 2, seconds: float = 0.5) -> Samples:
    """A tone of 440 Hz on the first channel, of 880 Hz on the others, and some noise."""
    rng = np.random.default_rng(7)
    time = np.arange(int(seconds * rate)) / rate
    tones = [np.sin(2 * np.pi * (440 if n == 0 else 880) * time) for n in range(channels)]
    samples = 0.5 * np.stack(tones, 1) + rng.normal(0, 0.01, (len(time), channels))
    return samples.astype(np.float32)


def heard(rate: int, pieces: list[Samples]) -> PcmArray:
    resampler = Resampler(rate)
    return np.concatenate([*map(resampler.feed, pieces), resampler.finish()])


@given(rate=st.sampled_from(RATES), cuts=st.lists(st.integers(0, 48_000), max_size=12).map(sorted))
def test_what_is_heard_does_not_depend_on_how_the_sound_was_cut(rate: int, cuts: list[int]) -> None:
    whole = sound(rate)
    places = [0, *(cut for cut in cuts if cut < len(whole)), len(whole)]
    pieces = [whole[a:b] for a, b in itertools.pairwise(places)]
    assert np.array_equal(heard(rate, pieces), heard(rate, [whole]))


@pytest.mark.situation(
    "The machine", "a sound card knows only 44.1, 48 or 96 kHz, 24 bits, 1 or 6 channels"
)
@pytest.mark.parametrize("rate", RATES)
def test_a_tone_keeps_its_pitch_level_and_channel(rate: int) -> None:
    pcm = heard(rate, [sound(rate)])
    assert abs(len(pcm) - RATE // 2) <= 1
    middle = pcm[RATE // 8 : 3 * RATE // 8].astype(np.float64) * np.hanning(RATE // 4)[:, None]
    spectrum = np.abs(np.fft.rfft(middle, axis=0))
    assert [*spectrum.argmax(axis=0) * 4] == [440, 880]
    assert np.sqrt(np.mean((pcm / 32768.0) ** 2)) == pytest.approx(0.5 / np.sqrt(2), rel=0.02)


@pytest.mark.parametrize("channels", [1, 2, 6])
def test_the_first_two_channels_are_agent_and_caller(channels: int) -> None:
    pcm = heard(RATE, [sound(RATE, channels)])
    assert np.array_equal(pcm[:, 0], np.rint(sound(RATE, channels)[:, 0] * 32768))
    caller = np.rint(sound(RATE, 2)[:, 1] * 32768) if channels > 1 else np.zeros(len(pcm))
    assert pcm[:, 1].any() == (channels > 1)
    if channels == 2:
        assert np.array_equal(pcm[:, 1], caller)


def test_integers_of_a_card_come_through_unchanged_at_16_khz() -> None:
    every = np.arange(-32768, 32768, dtype=np.int16).reshape(-1, 2)
    assert np.array_equal(heard(RATE, [from_int16(every)]), every)

"""The feature extractor: Blocks become Features."""

import hypothesis.strategies as st
import numpy as np
from hypothesis import given, settings

from firmware_py.core.types import HOP, HOPS_PER_POSTERIOR, Block, Features, PcmArray
from firmware_py.hearing.feature_extractor import FeatureExtractor
from firmware_py.hearing.mel import BANDS, LogMel
from firmware_py.hearing.phone_model import HOPS_PER_STEP, OUTPUTS, load_phone_model


def noise(samples: int, seed: int = 1) -> PcmArray:
    bursts = np.repeat(np.random.default_rng(seed).integers(1, 8000, samples // 4000 + 1), 4000)
    pcm = np.random.default_rng(seed).normal(0, 1, (samples, 2)) * bursts[:samples, None]
    return np.asarray(np.clip(np.round(pcm), -32768, 32767), np.int16)


def heard(extractor: FeatureExtractor, pcm: PcmArray, sizes: list[int]) -> list[Features]:
    parts = np.split(pcm, np.cumsum(sizes)[:-1])
    return [extractor.feed(Block(seq, part)) for seq, part in enumerate(parts)]


def test_features_hold_the_hops_that_its_block_completes() -> None:
    extractor = FeatureExtractor(None)
    first = extractor.feed(Block(0, noise(HOP * 5 + 30)))
    second = extractor.feed(Block(1, noise(HOP - 30)))
    assert (first.start, first.hops, second.start, second.hops) == (0, 5, 5, 1)
    assert first.level.shape == first.floor.shape == first.speaking.shape == (5, 2)
    assert first.mel.shape == (5, BANDS)
    assert first.pitch.shape == (5,)
    assert first.posteriors.shape == (0, OUTPUTS)


def test_only_the_agents_channel_becomes_mel_rows() -> None:
    pcm = noise(HOP * 20)
    features = FeatureExtractor(None).feed(Block(0, pcm))
    assert np.array_equal(features.mel, LogMel().feed(pcm[:, 0]))


def test_posteriors_come_in_steps_and_are_counted() -> None:
    extractor = FeatureExtractor(load_phone_model())
    frames = heard(extractor, noise(HOP * 40), [HOP * 8] * 5)
    assert [len(features.posteriors) for features in frames] == [0, 4, 4, 0, 4]
    assert [features.posterior_start for features in frames] == [0, 0, 4, 8, 8]
    assert HOPS_PER_STEP == 4 * HOPS_PER_POSTERIOR


@settings(max_examples=15)
@given(st.lists(st.integers(0, 3000), min_size=1, max_size=12), st.integers(0, 1000))
def test_any_split_gives_the_same_bits(sizes: list[int], seed: int) -> None:
    pcm = noise(sum(sizes), seed)
    whole = FeatureExtractor(load_phone_model()).feed(Block(0, pcm))
    frames = heard(FeatureExtractor(load_phone_model()), pcm, sizes)
    for name in ("level", "floor", "speaking", "microphone", "mel", "pitch", "posteriors"):
        joined = np.concatenate([getattr(features, name) for features in frames])
        assert np.array_equal(joined, getattr(whole, name)), name


def test_reset_equals_fresh() -> None:
    extractor, pcm = FeatureExtractor(load_phone_model()), noise(HOP * 33)
    fresh = extractor.feed(Block(0, pcm))
    extractor.reset()
    again = extractor.feed(Block(0, pcm))
    assert np.array_equal(fresh.posteriors, again.posteriors)
    assert np.array_equal(fresh.speaking, again.speaking)
    assert again.start == 0

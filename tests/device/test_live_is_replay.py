"""However sound is cut into Blocks, the phone model and the search say the same, bit for bit."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware_py.audio.file import FileSource
from firmware_py.core.types import RATE, Block, FloatArray, Observation, PcmArray
from firmware_py.detectors.near_misses import NearMisses
from firmware_py.detectors.phrases import Phrases
from firmware_py.device.detector_set import pronunciations_in
from firmware_py.hearing.feature_extractor import FeatureExtractor
from firmware_py.hearing.phone_model import load_phone_model
from firmware_py.rules import load_rulebook
from tests.checkout import ROOT

CALL = ROOT / "firmware_py" / "demo" / "call.ogg"
SECONDS = (22, 32)
"""The part of the bundled call in which the banned phrase is said."""


@pytest.fixture(scope="module")
def call() -> PcmArray:
    whole = np.concatenate([block.pcm for block in FileSource(CALL)])
    return whole[SECONDS[0] * RATE : SECONDS[1] * RATE]


def heard(pcm: PcmArray, cuts: Sequence[int] = ()) -> tuple[FloatArray, list[Observation]]:
    """Posteriors and what is found in them, of sound in Blocks that end at the cuts."""
    extractor, pronunciations = (
        FeatureExtractor(load_phone_model()),
        pronunciations_in(load_rulebook("10086")),
    )
    detectors = (Phrases(pronunciations), NearMisses(pronunciations))
    rows: list[FloatArray] = []
    seen: list[Observation] = []
    for seq, part in enumerate(np.split(pcm, sorted(cuts))):
        features = extractor.feed(Block(seq, part))
        rows.append(features.posteriors)
        seen += [one for detector in detectors for one in detector.feed(features)]
    return np.concatenate(rows), sorted(seen, key=lambda one: (one.at, one.name))


@pytest.fixture(scope="module")
def replayed(call: PcmArray) -> tuple[FloatArray, list[Observation]]:
    return heard(call)


def test_the_phrase_is_in_it(replayed: tuple[FloatArray, list[Observation]]) -> None:
    assert "phrase.F5" in [one.name for one in replayed[1]]


@settings(max_examples=10)
@given(st.lists(st.integers(0, (SECONDS[1] - SECONDS[0]) * RATE), max_size=40))
def test_any_split_gives_the_same_posteriors_and_hits(
    call: PcmArray, replayed: tuple[FloatArray, list[Observation]], cuts: list[int]
) -> None:
    posteriors, seen = heard(call, cuts)
    assert np.array_equal(posteriors, replayed[0])
    assert seen == replayed[1]


def test_blocks_of_the_live_tap_give_the_same(
    call: PcmArray, replayed: tuple[FloatArray, list[Observation]]
) -> None:
    posteriors, seen = heard(call, range(960, len(call), 960))
    assert np.array_equal(posteriors, replayed[0])
    assert seen == replayed[1]

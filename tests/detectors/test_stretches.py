"""Stretches: Frames of one length, however they came."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from firmware_py.detectors.stretches import Stretches
from tests.detectors.made_features import hear, noise, split, to_pcm, voice

(FRAME,) = hear(to_pcm(voice(2.05, -25), noise(2, -50)))


@given(cuts=st.lists(st.integers(0, FRAME.hops), max_size=12))
def test_any_split_gives_the_same_stretches(cuts: list[int]) -> None:
    stretches = Stretches(20)
    found = [one for features in split(FRAME, cuts) for one in stretches.feed(features)]
    assert [one.start for one in found] == list(range(0, 200, 20))
    assert {one.hops for one in found} == {20}
    for name in ("level", "mel", "pitch", "microphone"):
        joined = np.concatenate([getattr(one, name) for one in found])
        assert np.array_equal(joined, getattr(FRAME, name)[:200])


def test_reset_forgets_what_is_not_whole() -> None:
    stretches = Stretches(20)
    list(stretches.feed(FRAME))
    stretches.reset()
    first, *_ = stretches.feed(FRAME)
    assert first.start == 0

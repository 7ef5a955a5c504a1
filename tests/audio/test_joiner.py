"""Short Blocks are joined while nobody waits for them."""

import hypothesis.strategies as st
import numpy as np
from hypothesis import given

from firmware_py.audio.joiner import MOST, Joiner
from firmware_py.core.types import PcmArray


def block(number: int) -> PcmArray:
    return np.full((4, 2), number, dtype=np.int16)


def numbers(pcm: PcmArray | None) -> list[int]:
    return [] if pcm is None else pcm[::4, 0].tolist()


def test_whoever_is_patient_gets_long_blocks_and_others_what_there_is() -> None:
    joiner = Joiner()
    patient = [False, *[True] * MOST, True, False]
    told = [numbers(joiner.feed(block(n), patient=one)) for n, one in enumerate(patient)]
    assert told == [[0], *[[]] * (MOST - 1), [1, 2, 3, 4], [], [5, 6]]


@given(st.lists(st.booleans(), max_size=30))
def test_nothing_is_lost_or_given_twice(patient: list[bool]) -> None:
    joiner = Joiner()
    parts = [joiner.feed(block(n), patient=one) for n, one in enumerate(patient)]
    told = [number for part in [*parts, joiner.rest()] for number in numbers(part)]
    assert told == list(range(len(patient)))
    assert joiner.rest() is None

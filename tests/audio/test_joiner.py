"""Halves of Blocks are joined, unless somebody waits urgently."""

import hypothesis.strategies as st
import numpy as np
from hypothesis import given

from firmware_py.audio.joiner import Joiner
from firmware_py.core.types import PcmArray


def half(number: int) -> PcmArray:
    return np.full((4, 2), number, dtype=np.int16)


def numbers(pcm: PcmArray | None) -> list[int]:
    return [] if pcm is None else pcm[::4, 0].tolist()


def test_two_halves_make_a_block() -> None:
    joiner = Joiner()
    parts = [numbers(joiner.feed(half(number), urgent=False)) for number in range(4)]
    assert parts == [[], [0, 1], [], [2, 3]]


def test_whoever_waits_urgently_gets_halves_and_later_ones_stay_in_step() -> None:
    joiner = Joiner()
    urgent = [False, False, True, False, False, False]
    parts = [numbers(joiner.feed(half(n), urgent=one)) for n, one in enumerate(urgent)]
    assert parts == [[], [0, 1], [2], [3], [], [4, 5]]


def test_a_half_whose_other_never_comes_is_not_lost() -> None:
    joiner = Joiner()
    assert numbers(joiner.rest()) == []
    joiner.feed(half(0), urgent=False)
    assert numbers(joiner.rest()) == [0]
    assert numbers(joiner.rest()) == []
    assert numbers(joiner.feed(half(1), urgent=False)) == []


@given(st.lists(st.booleans(), max_size=30))
def test_nothing_is_lost_or_partstwice(urgent: list[bool]) -> None:
    joiner = Joiner()
    parts = [joiner.feed(half(n), urgent=one) for n, one in enumerate(urgent)]
    told = [number for part in [*parts, joiner.rest()] for number in numbers(part)]
    assert told == list(range(len(urgent)))

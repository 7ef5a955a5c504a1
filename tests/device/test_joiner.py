"""Short Blocks are joined while nobody waits for them."""

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given

from firmware_py.core.types import Block
from firmware_py.device.joiner import CALM, MOST, TALKS, Joiner
from tests.detectors.made_features import hear, noise, to_pcm, voice


def block(number: int, samples: int = 4) -> Block:
    return Block(number, np.full((samples, 2), number, dtype=np.int16))


def numbers(given: Block | None) -> list[int]:
    """Which Blocks are in one."""
    return [] if given is None else given.pcm[::4, 0].tolist()


(QUIET,) = hear(to_pcm(noise(CALM / 100, -65), noise(CALM / 100, -65)))
"""As long a silence as makes calm."""
(WORD,) = hear(to_pcm(voice(1, -25), noise(1, -65)))
"""Speech of the agent's."""


def calm() -> Joiner:
    joiner = Joiner()
    joiner.follow(QUIET, urgent=False)
    return joiner


def test_blocks_are_joined_once_the_agent_has_been_silent_until_a_word() -> None:
    joiner = calm()
    assert [numbers(joiner.feed(block(n))) for n in range(5)] == [[], [], [], [0, 1, 2, 3], []]
    joiner.follow(WORD, urgent=True)
    assert [numbers(joiner.feed(block(n))) for n in (5, 6)] == [[4, 5], [6]]


def test_two_are_joined_while_the_agent_says_nothing_that_is_listened_for() -> None:
    joiner = Joiner()
    joiner.follow(WORD, urgent=False)
    given = [numbers(joiner.feed(block(n))) for n in range(4)]
    assert given == [[], [0, 1], [], [2, 3]]
    assert len(given[1]) == TALKS
    joiner.follow(WORD, urgent=True)
    assert [numbers(joiner.feed(block(n))) for n in (4, 5)] == [[4], [5]]


def test_the_callers_words_do_not_part_blocks() -> None:
    joiner = Joiner()
    (words,) = hear(to_pcm(noise(1, -65), voice(1, -25)))
    joiner.follow(words, urgent=False)
    assert joiner.feed(block(0)) is None


def test_what_cannot_wait_parts_them() -> None:
    joiner = calm()
    assert joiner.feed(block(0)) is None
    joiner.wake()
    assert numbers(joiner.feed(block(1))) == [0, 1]
    joiner.follow(QUIET, urgent=False)
    assert joiner.feed(block(2)) is None
    assert numbers(joiner.feed(block(3, samples=0))) == [2]


@pytest.mark.parametrize("lost", [0, 3])
def test_a_long_block_counts_as_many_as_it_holds_and_a_gap_stays_one(lost: int) -> None:
    joiner, next_seq, missing = calm(), 7, 0
    for seq in (7, 8, *range(9 + lost, 20 + lost)):
        if given := joiner.feed(block(seq)):
            missing += given.seq - next_seq
            next_seq = given.seq + given.joined
    assert missing == lost


@given(st.lists(st.sampled_from(["wake", "calm", "rest", ""]), max_size=30))
def test_nothing_is_lost_or_given_twice(between: list[str]) -> None:
    joiner, parts = Joiner(), []
    for number, what in enumerate(between):
        parts.append(joiner.feed(block(number)))
        if what == "wake":
            joiner.wake()
        elif what == "calm":
            joiner.follow(QUIET, urgent=False)
        elif what == "rest":
            parts.append(joiner.rest())
    told = [number for part in [*parts, joiner.rest()] for number in numbers(part)]
    assert told == list(range(len(between)))
    assert all(len(numbers(part)) <= MOST for part in parts)
    assert joiner.rest() is None

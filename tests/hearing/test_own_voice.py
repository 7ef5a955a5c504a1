"""The agent's usual voice."""

from collections.abc import Iterable
from math import log2

import pytest

from firmware_py.hearing.own_voice import UNKNOWN_DB, OwnVoice

UNDER_DB = 8.0


def heard(*stretches: tuple[float, float, int]) -> OwnVoice:
    """Somebody who has spoken: dBFS, Hz and hops of each stretch, with pauses between them."""
    voice = OwnVoice(UNDER_DB)
    for level, pitch, hops in stretches:
        _speak(voice, ((level, pitch) for _ in range(hops)))
        _speak(voice, ((-70.0, 0.0) for _ in range(50)))
    return voice


def _speak(voice: OwnVoice, hops: Iterable[tuple[float, float]]) -> None:
    for level, pitch in hops:
        voice.hear(level, pitch)


def test_nobody_was_heard() -> None:
    assert heard().level == UNKNOWN_DB


@pytest.mark.situation("Sound", "the next desk is heard in the agent's microphone")
def test_a_few_words_tell_level_and_pitch() -> None:
    voice = heard((-25, 200, 60))
    assert voice.level == pytest.approx(-25)
    assert voice.pitch == pytest.approx(12 * log2(2))


def test_a_click_tells_nothing() -> None:
    assert heard((-5, 200, 3)).level == UNKNOWN_DB


def test_a_shout_moves_the_usual_voice_by_little() -> None:
    assert heard((-25, 200, 1500), (-11, 300, 150)).level < -25 + 4


def test_the_next_desk_hardly_moves_it() -> None:
    talk = [(-25.0, 200.0, 200), (-37.0, 120.0, 200)] * 10
    assert heard(*talk).level > -25 - UNDER_DB / 2


def test_a_louder_voice_takes_over_from_the_next_desks() -> None:
    voice = heard((-45, 120, 2000), (-25, 200, 1000))
    assert -30 < voice.level < -25


@pytest.mark.situation(
    "Sound",
    "a microphone is moved away in the midst of a day",
    "what the agent says is followed down within some two minutes of speech; until then "
    "phrases that are 7.5 dB softer pass for the next desk's",
    "nothing to do",
)
def test_a_microphone_that_was_moved_is_followed_in_minutes() -> None:
    moved = heard((-25, 200, 3000), *[(-36.0, 200.0, 200)] * 70)
    assert moved.level - UNDER_DB < -36

"""Shouting, on a made-up voice."""

import numpy as np
import pytest

from firmware_py.detectors.shouting import Shouting
from tests.detectors.frames import Sound, hear, names, noise, run, to_pcm, voice

CALM = np.concatenate([noise(1, -65), voice(10, -28)])


def said(*parts: Sound) -> list[str]:
    agent = np.concatenate([CALM, *parts])
    return names(run(Shouting(), hear(to_pcm(agent, noise(1, -65)))))


def test_a_louder_and_brighter_voice_is_shouting() -> None:
    assert said(voice(2, -14, 220, -6)) == ["shouting"]


def test_an_even_voice_is_not() -> None:
    assert said(noise(1, -65), voice(20, -28)) == []


@pytest.mark.parametrize("db", [4.0, -10.0])
def test_a_little_louder_or_softer_is_not(db: float) -> None:
    assert said(voice(5, -28 + db)) == []


def test_one_loud_word_is_not() -> None:
    assert said(voice(0.2, -14, 220, -6), voice(3, -28)) == []


def test_nothing_is_said_before_the_voice_is_known() -> None:
    assert names(run(Shouting(), hear(to_pcm(voice(3, -10, 220, -6), noise(1, -65))))) == []


def test_shouting_is_not_learnt() -> None:
    long_shout = said(*[voice(2, -10, 220, -6), noise(0.3, -65)] * 26)
    assert len(long_shout) >= 10

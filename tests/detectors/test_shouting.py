"""Shouting, on a made-up voice."""

import numpy as np
import pytest

from firmware_py.core.types import Observation
from firmware_py.detectors.shouting import Shouting
from tests.detectors.made_features import Sound, hear, names, noise, run, to_pcm, voice

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


def heard(shouting: Shouting, *parts: Sound) -> list[Observation]:
    return run(shouting, hear(to_pcm(np.concatenate(parts), noise(1, -65))))


def utterances(*levels: float) -> list[Sound]:
    return [part for db in levels for part in (voice(1.5, db), noise(0.9, -65))]


def test_a_levelled_microphone_is_told_once() -> None:
    seen = heard(Shouting(), noise(1, -65), *utterances(*[-28.0] * 14))
    (levelled,) = [o for o in seen if o.name == "microphone.levelled"]
    assert levelled.value < 1.0
    assert levelled.at < 25


def test_a_voice_that_varies_is_not_levelled() -> None:
    seen = heard(Shouting(), noise(1, -65), *utterances(*[-30.0, -27.0] * 7))
    assert "microphone.levelled" not in names(seen)


def test_strain_alone_is_shouting_behind_gain_control() -> None:
    even, strained = utterances(*[-28.0] * 14), voice(2, -28, 220, -6)
    assert "shouting" in names(heard(Shouting(), noise(1, -65), *even, strained))
    varied = utterances(*[-30.0, -27.0] * 7)
    assert "shouting" not in names(heard(Shouting(), noise(1, -65), *varied, strained))


def test_the_usual_voice_is_kept_over_a_restart() -> None:
    before, after = Shouting(), Shouting()
    heard(before, CALM)
    after.restore(before.snapshot())
    assert names(heard(after, noise(1, -65), voice(2, -14, 220, -6))) == ["shouting"]


def test_numbers_of_something_else_are_left() -> None:
    shouting = Shouting()
    shouting.restore({"level": 3.0})
    assert shouting.snapshot() == Shouting().snapshot()


def test_a_usual_voice_that_was_a_shout_is_soon_known_better() -> None:
    shouting, shout = Shouting(), voice(2, -14, 220, -6)
    shouting.restore({"heard": 6000, "level": -14, "pitch": 13.5, "brightness": -9})
    words = [voice(1.5, -28), noise(0.5, -65)] * 10
    assert "shouting" in names(heard(shouting, noise(1, -65), *words, shout))

"""Eating, on made-up bites."""

import numpy as np
import pytest

from firmware_py.core.types import RATE, Observation
from firmware_py.detectors.eating import Eating
from tests.detectors.made_features import Sound, bites, hear, names, noise, run, to_pcm, voice


def said(agent: Sound) -> list[Observation]:
    return run(Eating(), hear(to_pcm(agent, noise(1, -65))))


@pytest.mark.parametrize("hz", [1.2, 1.5, 2.0])
def test_chewing_is_said_within_fifteen_seconds(hz: float) -> None:
    seen = said(bites(30, hz))
    assert seen
    assert seen[0].name == "eating"
    assert seen[0].at <= 15
    assert seen[0].value == pytest.approx(hz, rel=0.15)


def test_it_begins_with_the_first_bite() -> None:
    quiet = 12.0
    seen = said(np.concatenate([noise(quiet, -65), bites(30, 1.5)]))
    assert seen[0].start == pytest.approx(quiet + 0.5, abs=0.3)


def test_loud_bites_in_a_quiet_room_are_chewing_and_slower_ones_coughs() -> None:
    loud = -24.0  # they stand out by some 40 dB
    assert said(bites(30, 1.6, loud))
    assert said(bites(30, 0.9))
    assert said(bites(30, 0.6, loud)) == []


@pytest.mark.situation(
    "Sound",
    "an agent coughs or clears the throat, or doors fall shut",
    "sounds that come more seldom than a jaw closes are no eating, loud ones least of all",
    "nothing to do",
)
@pytest.mark.parametrize("hz", [0.4, 5.0])
def test_another_pace_is_not_chewing(hz: float) -> None:
    assert said(bites(30, hz)) == []


def test_a_room_is_not_chewing() -> None:
    assert said(noise(30, -50)) == []


def test_speech_is_not_chewing() -> None:
    words = [voice(0.4, -25), noise(0.3, -65)]
    assert said(np.concatenate(words * 40)) == []


def test_it_is_said_again_while_it_goes_on() -> None:
    assert len(names(said(bites(60, 1.3)))) >= 3


def test_keys_that_thump_are_not_chewing() -> None:
    time = np.arange(round(0.12 * RATE)) / RATE
    thump = np.sin(2 * np.pi * 180 * time) * np.exp(-time / 0.05)
    sound = noise(40, -65) + bites(40, 1.4, -55)
    for at in np.arange(0.5, 39, 0.7):
        first = round(at * RATE)
        sound[first : first + len(thump)] += thump * 0.1
    assert said(sound) == []


def test_chewing_between_words_is_said_with_less_belief() -> None:
    words = np.concatenate([voice(1.0, -25), noise(2.5, -75)] * 12)
    alone, between = said(bites(42, 1.4)), said(words + bites(42, 1.4))
    assert between
    assert max(o.score for o in between) <= 0.6 < max(o.score for o in alone)

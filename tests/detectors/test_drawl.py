"""Drawl, on made-up vowels."""

import numpy as np
import pytest

from firmware_py.core.types import RATE, Observation
from firmware_py.detectors.drawl import Drawl
from tests.detectors.made_features import Sound, hear, noise, run, to_pcm


def vowel(seconds: float, formant_hz: float, pitch_hz: float = 150.0, glide: float = 0.9) -> Sound:
    """Harmonics under one formant, falling in pitch."""
    t = np.arange(round(seconds * RATE)) / RATE
    hz = pitch_hz * glide ** (t / max(seconds, 0.1))
    turns = 2 * np.pi * np.cumsum(hz) / RATE
    orders = np.arange(1, 24)
    loud = 1 / (1 + ((orders * pitch_hz - formant_hz) / 150) ** 2) + 0.03
    tone = np.sum([a * np.sin(n * turns + n) for n, a in zip(orders, loud, strict=True)], axis=0)
    return np.asarray(0.05 * tone)


def syllable(seconds: float, formant_hz: float) -> Sound:
    return np.concatenate([noise(0.06, -35), vowel(seconds, formant_hz)])


TALK = np.concatenate([syllable(0.18, hz) for hz in (500, 900, 700, 1_200, 600, 1_000, 400)])


def heard(*parts: Sound) -> list[Observation]:
    quiet = noise(1, -65)
    agent = np.concatenate([quiet, *parts, quiet]) + noise(2 + sum(map(len, parts)) / RATE, -60, 4)
    return run(Drawl(), hear(to_pcm(agent, quiet)))


def test_talk_has_none() -> None:
    assert heard(TALK, TALK, TALK) == []


@pytest.mark.parametrize("seconds", [0.6, 0.8, 1.5])
def test_a_stretched_vowel_is_one_and_its_length_is_told(seconds: float) -> None:
    (drawl,) = heard(TALK, syllable(seconds, 800), TALK)
    assert drawl.value == pytest.approx(seconds - 0.08, abs=0.08)
    start = 1 + len(TALK) / RATE + 0.06
    assert drawl.start == pytest.approx(start, abs=0.1)
    assert drawl.end == pytest.approx(start + seconds, abs=0.1)


def test_vowels_that_change_are_none() -> None:
    assert heard(TALK, *[vowel(0.15, hz) for hz in (500, 1_500, 600, 1_800, 450)], TALK) == []


def test_a_hum_that_does_not_end_is_none() -> None:
    assert heard(TALK, vowel(4, 500), TALK) == []


def test_hiss_is_none() -> None:
    assert heard(TALK, noise(1, -30), TALK) == []

"""Intonation, on contours that are known."""

from dataclasses import replace

import numpy as np
import pytest

from firmware_py.core.types import FloatArray, Observation
from firmware_py.detectors.intonation import Intonation, rise
from tests.detectors.made_features import names, run, spoken


def turn(semitones: float, seconds: float = 3.0, seed: int = 1) -> FloatArray:
    """Pitch of a turn: a straight line, tones of 2 semitones on it, voiceless hops, octaves off."""
    hops = round(seconds * 100)
    rng = np.random.default_rng(seed)
    line = np.linspace(-semitones / 2, semitones / 2, hops)
    tones = np.repeat(rng.uniform(-2, 2, hops // 25 + 1), 25)[:hops]
    pitch = 180 * 2 ** ((line + tones) / 12)
    pitch[rng.random(hops) < 0.04] /= 2
    pitch[np.arange(hops) % 25 < 6] = 0
    return pitch.astype(np.float32)


def heard(*turns: FloatArray, detector: Intonation | None = None) -> list[Observation]:
    drawn = "".join("#" * (len(pitch) // 10) + "." * 10 for pitch in turns)
    silence = np.zeros(100, dtype=np.float32)
    pitch = np.concatenate([part for pitch in turns for part in (pitch, silence)])
    return run(detector or Intonation(), [replace(spoken(drawn, ""), pitch=pitch)])


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(("semitones", "direction"), [(6, "rising"), (0, "flat"), (-6, "falling")])
def test_the_direction_of_a_turn(semitones: float, direction: str, seed: int) -> None:
    (seen,) = heard(turn(semitones, 6.0, seed))
    assert seen.name == f"intonation.{direction}"
    assert seen.value == pytest.approx(semitones, abs=1.9)


def test_every_turn_is_told_when_it_is_over() -> None:
    seen = heard(turn(8), turn(-8))
    assert names(seen) == ["intonation.rising", "intonation.falling"]
    assert (seen[0].start, seen[0].end) == (0, 3)
    assert seen[0].at == pytest.approx(3.6, abs=0.02)


def test_a_short_word_is_not_judged() -> None:
    assert heard(turn(8, 1.0)) == []


def test_a_turn_without_a_voice_is_not_judged() -> None:
    assert heard(0 * turn(8)) == []


def test_of_a_monologue_the_last_part_counts() -> None:
    (seen,) = heard(np.concatenate([turn(-8, 30), turn(8, 21)]))
    assert seen.name == "intonation.rising"


def test_rise_is_not_moved_by_a_few_octaves() -> None:
    points = [(t / 5, 90.0 + t / 10) for t in range(20)]
    wrong = [(t, height + (12 if t in (0.4, 2.0, 3.6) else 0)) for t, height in points]
    assert rise(points) == pytest.approx(1.9)
    assert rise(wrong) == pytest.approx(1.9, abs=0.2)

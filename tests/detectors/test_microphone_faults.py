"""What is wrong with a microphone, by name."""

import numpy as np
import pytest

from firmware_py.core.types import RATE
from firmware_py.detectors.microphone_faults import MicrophoneFaults
from tests.detectors.made_features import Sound, hear, names, noise, run, to_pcm, voice

T = np.arange(20 * RATE) / RATE


def talk(db: float = -25.0, seconds: int = 20) -> Sound:
    """Words of a second with pauses, over the noise of a room."""
    words = [part for i in range(seconds) for part in (voice(0.6, db - i % 4), noise(0.4, -70))]
    return np.concatenate(words) + noise(seconds, -65)


def said(agent: Sound, caller: Sound | None = None) -> list[str]:
    calm = noise(len(agent) / RATE, -65, 3) if caller is None else caller
    seen = names(run(MicrophoneFaults(), hear(to_pcm(agent, calm))))
    return [name.removeprefix("fault.microphone.") for name in seen]


@pytest.mark.parametrize("db", [-45.0, -25.0])
def test_a_good_microphone_is_not_spoken_of(db: float) -> None:
    assert said(talk(db)) == []


def test_a_tone_is_not_clipped() -> None:
    assert said(0.4 * np.sin(2 * np.pi * 440 * T) + noise(20, -65)) == []


@pytest.mark.parametrize("ceiling", [0.1, 1.0])
def test_clipped(ceiling: float) -> None:
    assert said(np.clip(talk(-10) * 8 * ceiling, -ceiling, ceiling)) == ["clipped"]


@pytest.mark.parametrize("offset", [-0.3, 0.05])
def test_shifted(offset: float) -> None:
    assert said(talk() + offset) == ["offset"]
    assert said(noise(20, -65) + offset) == ["offset"]


def test_humming() -> None:
    assert said(talk() + 0.05 * np.sin(2 * np.pi * 50 * T)) == ["hum"]


def test_digitally_silent() -> None:
    assert said(np.zeros(20 * RATE)) == ["silent"]


def test_muted_while_the_caller_waits_is_no_fault() -> None:
    muted = np.concatenate([talk(), np.zeros(70 * RATE)])
    assert said(muted) == []
    speaking = np.concatenate([noise(20, -65), talk(-25, 70)])
    assert said(muted, speaking) == ["silent"]


@pytest.mark.situation(
    "Sound", "a headset gates its microphone to digital zero whenever nobody speaks"
)
def test_a_gated_headset_that_listens_for_a_minute_is_no_fault() -> None:
    word = talk(-25, 1) * np.hanning(RATE)
    gated = np.concatenate([np.zeros(2 * RATE), word] * 4 + [np.zeros(70 * RATE)])
    assert said(gated, np.concatenate([noise(12, -65), talk(-25, 70)])) == []


def test_hardly_anything_comes_through() -> None:
    assert said(noise(70, -85), talk(-25, 70)) == ["weak"]
    assert said(noise(70, -65), talk(-25, 70)) == []


def test_a_loose_contact() -> None:
    there = np.repeat(np.random.default_rng(0).integers(0, 2, 200), RATE // 10)
    assert said(talk() * there) == ["intermittent"]


def test_a_gate_between_words_is_no_loose_contact() -> None:
    words = talk()
    loud = np.abs(words).reshape(-1, 160).max(axis=1) >= 0.01
    held = np.convolve(loud, np.ones(10), "full")[: len(loud)] > 0
    assert said(words * np.repeat(held, 160)) == []


def test_crackling() -> None:
    sound = talk()
    at = np.random.default_rng(0).integers(0, len(sound) - 3, 60)
    sound[at], sound[at + 1] = 0.9, -0.8
    assert "crackling" in said(sound)


def test_crackles_of_one_sign_are_heard() -> None:
    sound = talk()
    at = np.random.default_rng(0).integers(0, len(sound) - 3, 60)
    for later in range(3):
        sound[at + later] = -0.7
    assert said(sound) == ["crackling"]


def test_well_again_is_told() -> None:
    sound = talk(seconds=40)
    sound[: 8 * RATE] += 0.1
    assert said(sound) == ["offset", "microphone.ok"]


def test_a_fault_that_comes_and_goes_is_not_well_in_between() -> None:
    sound = talk(seconds=70)
    for begin in range(0, 70, 20):
        sound[begin * RATE : (begin + 5) * RATE] += 0.1
    assert said(sound)[:1] == ["offset"]
    assert "microphone.ok" not in said(sound)


def test_a_fault_that_lasts_is_said_again() -> None:
    assert said(noise(130, -65) + 0.1) == ["offset"] * 3

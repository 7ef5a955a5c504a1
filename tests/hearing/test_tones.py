"""Tones of the telephone network."""

import numpy as np
import numpy.typing as npt
import pytest

from firmware_py.core.types import RATE
from firmware_py.hearing.tones import Meaning, Tone, Tones, tones
from tests.detectors.made_features import Sound, noise, voice


def sounding(sound: Sound) -> npt.NDArray[np.bool_]:
    return Tones().feed((sound * 32_767).astype(np.int16))


def played(tone: Tone, seconds: float = 1.0, db: float = -20.0) -> Sound:
    time = np.arange(round(seconds * RATE)) / RATE
    return np.asarray(sum(np.sin(2 * np.pi * hz * time) for hz in tone.hz) * 10 ** (db / 20))


@pytest.mark.situation(
    "Sound",
    "a call rings, is busy, or the network tells something (China 450 Hz, Europe, "
    "Britain, North America, Japan, India, Australia: `firmware_py/hearing/tones.toml`)",
)
@pytest.mark.parametrize("tone", tones(), ids=lambda tone: f"{tone.where}-{tone.means}")
def test_every_tone_is_heard_over_the_noise_of_a_line(tone: Tone) -> None:
    sound = np.concatenate([noise(1, -50), played(tone), noise(1, -50)])
    sound[RATE : 2 * RATE] += noise(1, -50)
    (hops,) = np.nonzero(sounding(sound))
    assert 100 <= hops[0] <= 110
    assert 195 <= hops[-1] <= 206
    assert len(hops) == hops[-1] - hops[0] + 1


@pytest.mark.parametrize("pitch_hz", [110, 150, 225, 450 / 2.02, 300])
def test_a_voice_is_no_tone(pitch_hz: float) -> None:
    assert not sounding(voice(5, -25, pitch_hz, -6)).any()


def test_noise_and_silence_are_no_tone() -> None:
    assert not sounding(np.concatenate([noise(3, -30), np.zeros(RATE)])).any()


def test_a_note_with_overtones_is_no_tone() -> None:
    time = np.arange(RATE) / RATE
    note = sum(np.sin(2 * np.pi * 450 * order * time) / order for order in range(1, 8))
    assert not sounding(np.asarray(0.05 * note)).any()


def test_what_is_heard_does_not_depend_on_blocks() -> None:
    sound = np.concatenate([voice(1, -25), played(tones()[0]), noise(1, -40)])
    pcm = (sound * 32_767).astype(np.int16)
    stage = Tones()
    parts = [stage.feed(part) for part in np.split(pcm, range(100, len(pcm), 777))]
    assert np.array_equal(np.concatenate(parts), Tones().feed(pcm))


def test_china_is_planned_for() -> None:
    china = {(tone.means, tone.cadence_s) for tone in tones() if tone.hz == (450,)}
    assert {(Meaning.RINGING, (1.0, 4.0)), (Meaning.BUSY, (0.35, 0.35))} <= china

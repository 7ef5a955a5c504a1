"""What lies between a voice and the phone model: noise, people, a telephone, another room.

Every treatment takes speech whose active level is ``LEVEL`` and is drawn from the generator that it
is given, so that a clip sounds the same each time.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import numpy as np
import soxr

from firmware_py.core.types import HOP, RATE
from lab.evaluation import material
from lab.training import corpus
from lab.training.corpus import Sound

LEVEL: Final = 0.05
"""Root mean square of the active hops: -26 dBFS."""
SNR_DB: Final = 15.0
ECHO_DB: Final = -20.0
PEOPLE: Final = 6
"""Voices in babble."""
LEVELS: Final = {"loud": -20.0, "middle": -35.0, "soft": -50.0}
"""dBFS of sounds that are no speech."""


def active(sound: Sound) -> float:
    """Root mean square of the hops within 25 dB of the loudest (after ITU-T P.56)."""
    hops = sound[: len(sound) // HOP * HOP].reshape(-1, HOP)
    energy = np.square(hops).mean(axis=1)
    if not len(energy) or energy.max() <= 0:
        return 1e-9
    return float(np.sqrt(energy[energy >= energy.max() * 10**-2.5].mean()))


def levelled(sound: Sound) -> Sound:
    """Bring speech to ``LEVEL``."""
    return np.asarray(sound * (LEVEL / active(sound)), dtype=np.float32)


def stretch(sounds: Sequence[Sound], samples: int, rng: np.random.Generator) -> Sound:
    """Cut so much out of one of some sounds, repeated where it is too short."""
    sound = sounds[int(rng.integers(len(sounds)))]
    sound = np.tile(sound, samples // max(1, len(sound)) + 1)
    first = int(rng.integers(len(sound) - samples + 1))
    return sound[first : first + samples]


def telephone(sound: Sound) -> Sound:
    """8 kHz, 300 to 3400 Hz, mu-law (ITU-T G.711)."""
    low = soxr.resample(sound, RATE, 6_800)
    band = soxr.resample(low, 6_800, RATE)[: len(sound)]
    spectrum = np.fft.rfft(band)
    hz = np.fft.rfftfreq(len(band), 1 / RATE)
    narrow = np.fft.irfft(spectrum / (1 + (300 / np.maximum(hz, 1.0)) ** 6), len(band))
    steps = np.sign(narrow) * np.log1p(255 * np.abs(narrow)) / np.log1p(255)
    coarse = np.round(steps * 127) / 127
    return np.asarray(np.sign(coarse) * np.expm1(np.abs(coarse) * np.log(256)) / 255, np.float32)


def babble(voices: Sequence[Sound], samples: int, rng: np.random.Generator, count: int) -> Sound:
    """Several people at once."""
    parts = [stretch(voices, samples, rng) for _ in range(count)]
    return np.asarray(sum(part * (LEVEL / active(part)) for part in parts), np.float32)


def _at(sound: Sound, noise: Sound, db: float) -> Sound:
    """Add noise whose active hops are so many dB over the speech's."""
    return np.asarray(sound + noise * (active(sound) / active(noise) * 10 ** (db / 20)), np.float32)


def _echoing(sound: Sound, rng: np.random.Generator) -> Sound:
    """Put it into a small room."""
    length = int(RATE * rng.uniform(0.1, 0.35))
    room = rng.standard_normal(length) * np.exp(-6.9 * np.arange(length) / length)
    room[0] = np.sqrt(np.square(room).sum()) * rng.uniform(0.7, 2.0)
    size = 1 << (len(sound) + length).bit_length()
    wet = np.fft.irfft(np.fft.rfft(sound, size) * np.fft.rfft(room, size), size)
    return np.asarray(wet[: len(sound)], np.float32)


class Conditions:
    """All treatments by name, and the sounds that they need."""

    def __init__(self, audio: Path) -> None:
        """Take recordings from this folder as they are needed."""
        self._audio = audio
        self._sounds: dict[str, list[Sound]] = {}
        self.by_name: Final[
            dict[str, Callable[[Sound, Sequence[Sound], np.random.Generator], Sound]]
        ] = {
            "clean": lambda sound, _, __: sound,
            "typing": self._typing,
            "babble": lambda sound, voices, rng: _at(
                sound, babble(voices, len(sound), rng, PEOPLE), -SNR_DB
            ),
            "telephone": lambda sound, _, __: telephone(sound),
            "echo": lambda sound, voices, rng: _at(
                sound, stretch(voices, len(sound), rng), ECHO_DB
            ),
            "strange": self._strange,
        }

    def _typing(self, sound: Sound, _: Sequence[Sound], rng: np.random.Generator) -> Sound:
        return _at(sound, stretch(self._of("events", "typing"), len(sound), rng), -SNR_DB)

    def _strange(self, sound: Sound, voices: Sequence[Sound], rng: np.random.Generator) -> Sound:
        """Make a voice that the model knows one that it does not: another size, room and line."""
        sound = soxr.resample(sound, RATE * rng.uniform(0.87, 1.15), RATE).astype(np.float32)
        if rng.random() < 0.3:
            sound = telephone(sound)
        what = rng.random()
        if what < 0.5:
            noise = stretch(self._of("noise_train"), len(sound), rng)
            sound = _at(sound, noise, -rng.uniform(5, 25))
        elif what < 0.75:
            noise = babble(voices, len(sound), rng, int(rng.integers(1, 7)))
            sound = _at(sound, noise, -rng.uniform(8, 25))
        return _echoing(sound, rng) if rng.random() < 0.3 else sound

    def _of(self, name: str, kind: str = "") -> list[Sound]:
        key = f"{name} {kind}"
        if key not in self._sounds:
            clips = material.clips(self._audio, name)
            paths = [clip.path for clip in clips if kind in ("", clip.kind)]
            self._sounds[key] = [corpus.load(path) for path in paths]
        return self._sounds[key]

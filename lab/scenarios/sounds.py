"""What a scenario sounds like: speech by espeak-ng, noises by numpy; full scale is 1.0.

Nothing is written to disk.
"""

import io
import subprocess
from functools import cache
from typing import Final

import numpy as np
import numpy.typing as npt
import soundfile
import soxr

from firmware_py.core.types import RATE

Sound = npt.NDArray[np.float64]

MANDARIN: Final = "cmn-latn-pinyin"
"""espeak-ng's Mandarin that reads hanzi; plain ``cmn`` reads them as English letters."""
CANTONESE: Final = "yue"
HELD_OUT: Final = ("Alicia", "Michael", "klatt3", "f5", "Andy")
"""Voices that the phone model never heard (see ``lab/training/voices.py``)."""
_AUDIBLE: Final = 0.005
"""Share of full scale from which espeak-ng speaks."""


def speech(text: str, voice: str, speed: int, pitch: int, language: str = MANDARIN) -> Sound:
    """Let espeak-ng read a text; without the silence before and after it."""
    return _read(text, f"{language}+{voice}", speed, pitch)


@cache
def _read(text: str, voice: str, speed: int, pitch: int) -> Sound:
    command = ["espeak-ng", "-v", voice, "-s", str(speed), "-p", str(pitch)]
    softly = ["-a", "50"]  # at full amplitude some voices clip
    told = subprocess.run([*command, *softly, "--stdout", text], capture_output=True, check=True)
    sound, rate = soundfile.read(io.BytesIO(told.stdout))
    sound = soxr.resample(sound, rate, RATE)
    loud = np.flatnonzero(np.abs(sound) > _AUDIBLE)
    return np.asarray(sound[loud[0] : loud[-1]], np.float64)


def gliding(sound: Sound, semitones: float) -> Sound:
    """Let the pitch move from half of that below to half of it above, evenly."""
    bend = 2 ** (-semitones / 12 * np.linspace(-0.5, 0.5, len(sound)))
    places = np.cumsum(bend)
    return np.asarray(np.interp(np.arange(int(places[-1])), places, sound))


def higher(sound: Sound, semitones: float) -> Sound:
    """Raise the voice as a whole, its formants and its pace with it."""
    places = np.arange(0, len(sound) - 1, 2 ** (semitones / 12))
    return np.asarray(np.interp(places, np.arange(len(sound)), sound))


def held(sound: Sound, seconds: float) -> Sound:
    """Draw the last vowel out: go round and round in whole periods of its strongest place."""
    tail = sound[-round(0.25 * RATE) : -round(0.03 * RATE)]
    power = np.convolve(tail**2, np.ones(round(0.06 * RATE)), "valid")
    middle = len(sound) - round(0.25 * RATE) + int(power.argmax()) + round(0.03 * RATE)
    period = _period(sound[middle - round(0.02 * RATE) : middle + round(0.02 * RATE)])
    loop = sound[middle : middle + period] - sound[middle + period : middle + 2 * period]
    even = sound[middle + period : middle + 2 * period] + loop * np.linspace(0, 1, period)
    rounds = np.tile(even, round(seconds * RATE / period))
    return np.concatenate([sound[: middle + period], rounds, sound[middle + period :]])


def _period(voiced: Sound) -> int:
    """Samples of one period of a voice between 80 and 400 Hz."""
    shifts = range(RATE // 400, RATE // 80)
    likeness = [float(np.dot(voiced[:-shift], voiced[shift:])) for shift in shifts]
    return shifts[int(np.argmax(likeness))]


def slurred(sound: Sound, seconds: float = 0.12) -> Sound:
    """Let the mouth move too little: the vocal tract's shape becomes the mean of some 120 ms.

    The shape is the cepstrum's low end; loudness and voice stay as they are.
    """
    size, hop = 512, 128
    window = np.hanning(size + 1)[:-1]
    padded = np.pad(sound, size)
    pieces = np.lib.stride_tricks.sliding_window_view(padded, size)[::hop] * window
    spectra = np.fft.rfft(pieces)
    cepstra = np.fft.irfft(np.log(np.abs(spectra) + 1e-6))
    cepstra[:, 40:-39] = 0
    loudness, cepstra[:, 0] = cepstra[:, 0].copy(), 0
    shapes = np.fft.rfft(cepstra).real
    near = np.hanning(round(2 * seconds * RATE / hop) + 1)
    weights = np.exp(loudness)[:, None]
    total = np.apply_along_axis(np.convolve, 0, weights * shapes, near, "same")
    means = total / np.maximum(np.convolve(weights[:, 0], near, "same"), 1e-12)[:, None]
    changed = np.fft.irfft(spectra * np.exp(means - shapes)) * window
    out = np.zeros(len(padded))
    for first, piece in zip(range(0, len(out), hop), changed, strict=False):
        out[first : first + size] += piece
    return out[size : size + len(sound)] / 1.5  # what the overlapping squared windows add up to


def bright(sound: Sound, db: float) -> Sound:
    """Raise what lies over 1 kHz against what lies under 500 Hz, as vocal effort does."""
    spectrum = np.fft.rfft(sound)
    octaves = np.log2(np.fft.rfftfreq(len(sound), 1 / RATE).clip(500, 1_000) / 500)
    return np.asarray(np.fft.irfft(spectrum * 10 ** (db * octaves / 20), len(sound)))


def chewing(seconds: float, rng: np.random.Generator) -> Sound:
    """Crisp bites at a chewing pace: each a cluster of broadband clicks that die away."""
    sound = np.zeros(round(seconds * RATE))
    for bite in np.arange(0.0, seconds - 0.4, 0.62):
        onset = round((bite + rng.uniform(0, 0.06)) * RATE)
        for click in np.sort(rng.uniform(0, 0.16, 14)):
            at, length = onset + round(click * RATE), round(0.02 * RATE)
            decay = np.exp(-np.arange(length) / (0.004 * RATE))
            sound[at : at + length] += rng.normal(0, rng.uniform(0.3, 1.0), length) * decay
    return sound


def typing(seconds: float, rng: np.random.Generator) -> Sound:
    """Keys struck at an uneven pace: one short click each."""
    sound = np.zeros(round(seconds * RATE))
    at = 0.0
    while (at := at + rng.uniform(0.08, 0.3)) < seconds - 0.05:
        first, length = round(at * RATE), round(0.012 * RATE)
        decay = np.exp(-np.arange(length) / (0.002 * RATE))
        sound[first : first + length] += rng.normal(0, rng.uniform(0.5, 1.0), length) * decay
    return sound


def ringing(seconds: float) -> Sound:
    """The ringing tone of China's telephone network: 450 Hz, 1 s on, 4 s off (GB/T 3380)."""
    time = np.arange(round(seconds * RATE)) / RATE
    return np.asarray(np.sin(2 * np.pi * 450 * time) * (time % 5 < 1))


def music(seconds: float, rng: np.random.Generator) -> Sound:
    """A tune as it comes while a call is on hold: a note with overtones every 0.4 s."""
    time = np.arange(round(0.4 * RATE)) / RATE
    notes = []
    for _ in range(int(seconds / 0.4) + 1):
        hz = 220 * 2 ** (rng.choice([0, 2, 4, 7, 9, 12]) / 12)
        tone = sum(np.sin(2 * np.pi * hz * order * time) / order for order in (1, 2, 3))
        notes.append(tone * np.exp(-3 * time))
    return np.asarray(np.concatenate(notes)[: round(seconds * RATE)])


def room(samples: int, dbfs: float, rng: np.random.Generator) -> Sound:
    """Soft noise that falls towards the high frequencies."""
    whole = -(-samples // RATE) * RATE  # numbers with a large prime factor take ten times as long
    spectrum = np.fft.rfft(rng.standard_normal(samples), whole)
    spectrum /= np.sqrt(1 + np.fft.rfftfreq(whole, 1 / RATE) / 200)
    return at_level(np.fft.irfft(spectrum, whole)[:samples], dbfs)


def at_level(sound: Sound, dbfs: float) -> Sound:
    """Scale to an RMS level, with the peaks rounded off below full scale."""
    rms = np.sqrt(np.mean(sound**2))
    return np.asarray(np.tanh(sound * 10 ** (dbfs / 20) / max(rms, 1e-9)))

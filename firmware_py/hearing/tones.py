"""Tones of the telephone network in the caller's channel: ringing, busy, information.

The plans of tones are data (``tones.toml``). A tone is heard where nearly all of 60 ms of sound is
the sinusoids of one plan, a least-squares fit under a Hann window; speech and music have more.
"""

import tomllib
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Final

import numpy as np
import numpy.typing as npt

from firmware_py.core.types import HOP, RATE, BoolArray

WINDOW: Final = 6 * HOP
_SHARE: Final = 0.85
"""Share of the energy that is the tone's, at least."""
_LEAST_DB: Final = -55.0
"""dBFS under which no tone is sought."""
_SURE: Final = 4
"""Hops in a row that make a tone: a vowel may be so pure for one or two."""
_WHOLE: Final = 1 << 14
"""Waves are rounded to whole numbers, so that products are exact, whatever the split."""

Waves = npt.NDArray[np.float64]


class Meaning(StrEnum):
    """What a tone says."""

    RINGING = "ringing"
    BUSY = "busy"
    INFORMATION = "information"


@dataclass(frozen=True, slots=True)
class Tone:
    """One tone of one network."""

    where: str
    means: Meaning
    hz: tuple[float, ...]
    """Frequencies that sound together."""
    cadence_s: tuple[float, ...]
    """Seconds on and off in turns; empty: it goes on."""


@cache
def tones() -> tuple[Tone, ...]:
    """All plans of ``tones.toml``."""
    text = resources.files("firmware_py.hearing").joinpath("tones.toml").read_text("utf-8")
    return tuple(
        Tone(one["where"], Meaning(one["means"]), tuple(one["hz"]), tuple(one["cadence_s"]))
        for one in tomllib.loads(text)["tone"]
    )


@cache
def _fits() -> tuple[Waves, tuple[int, ...], Waves]:
    """Bases of all tones side by side, [WINDOW, columns]; where each begins; the window squared."""
    time = np.arange(WINDOW) / RATE
    window = np.hanning(WINDOW + 1)[:-1]
    bases: list[Waves] = []
    for hz in dict.fromkeys(tone.hz for tone in tones()):
        waves = [wave(2 * np.pi * one * time) for one in hz for wave in (np.cos, np.sin)]
        basis, _ = np.linalg.qr(np.stack(waves, axis=1) * window[:, None])
        bases.append(np.rint(basis * window[:, None] * _WHOLE))
    begins = np.cumsum([0, *(basis.shape[1] for basis in bases[:-1])])
    return np.concatenate(bases, axis=1), tuple(begins.tolist()), np.rint(window**2 * 1_024)


@dataclass(slots=True)
class Tones:
    """Streams int16 samples of one channel into whether a tone sounds, every hop.

    It is sure some 70 ms after a tone has begun, and lets go some 30 ms after its end.
    """

    _tail: npt.NDArray[np.int16] = field(init=False, repr=False)
    _in_a_row: int = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Start before the first sample."""
        self.reset()

    def reset(self) -> None:
        """Forget everything; the time before the stream was digital silence."""
        self._tail = np.zeros(WINDOW - HOP, dtype=np.int16)
        self._in_a_row = 0

    def feed(self, pcm: npt.NDArray[np.int16]) -> BoolArray:
        """Take int16 samples, shape [n]; tell of every hop they complete, [hops]."""
        samples = np.concatenate((self._tail, pcm))
        hops = (len(samples) - (WINDOW - HOP)) // HOP
        self._tail = samples[hops * HOP :].copy()
        sounds = np.zeros(hops, dtype=np.bool_)
        for hop, pure in enumerate(_pure(samples, hops)):
            self._in_a_row = self._in_a_row + 1 if pure else 0
            sounds[hop] = self._in_a_row >= _SURE
        return sounds


def _pure(samples: npt.NDArray[np.int16], hops: int) -> list[bool]:
    """Whether the window that ends with each hop holds a tone and next to nothing else."""
    if hops == 0:
        return []
    waves, begins, weight = _fits()
    windows = np.lib.stride_tricks.sliding_window_view(samples, WINDOW)[::HOP][:hops]
    x = windows.astype(np.float64)
    energy = (x * x) @ weight / 1_024
    fitted = (x @ waves / _WHOLE) ** 2
    tone = np.add.reduceat(fitted, begins, axis=1).max(axis=1)
    least = weight.sum() / 1_024 * (32_768.0 * 10 ** (_LEAST_DB / 20)) ** 2
    pure: list[bool] = ((energy > least) & (tone > _SHARE * energy)).tolist()
    return pure

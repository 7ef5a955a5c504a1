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
"""Share of the energy that is the tone's, at least, if it has one frequency."""
_MORE: Final = 0.05
"""What each further one asks for: a nasal's lowest harmonic is as wide as three together."""
_LEAST_DB: Final = -55.0
"""dBFS under which no tone is sought."""
_SURE: Final = 4
"""Hops in a row that make a tone: a vowel may be so pure for one or two."""
_BEFORE: Final = _SURE - 1 + WINDOW // HOP - 1
"""Hops that are kept: those of the windows of the last hops."""
_WHOLE: Final = 1 << 14
"""Waves are rounded to whole numbers, so that products are exact, whatever the split."""
_WEIGHT: Final = np.rint(np.hanning(WINDOW + 1)[:-1] ** 2 * 1_024)
"""The window squared, in whole numbers."""
_LEAST_PEAK: Final = 32_768.0 * 10 ** (_LEAST_DB / 20)
"""No window whose samples are all smaller has the least energy."""
_LEAST: Final = float(_WEIGHT.sum() / 1_024 * _LEAST_PEAK**2)
"""Energy of a window under which no tone is sought."""

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
    """Bases of all tones side by side, [WINDOW, columns]; where each begins; its least share."""
    time = np.arange(WINDOW) / RATE
    window = np.hanning(WINDOW + 1)[:-1]
    bases: list[Waves] = []
    for hz in dict.fromkeys(tone.hz for tone in tones()):
        waves = [wave(2 * np.pi * one * time) for one in hz for wave in (np.cos, np.sin)]
        basis, _ = np.linalg.qr(np.stack(waves, axis=1) * window[:, None])
        bases.append(np.rint(basis * window[:, None] * _WHOLE))
    begins = np.cumsum([0, *(basis.shape[1] for basis in bases[:-1])])
    shares = [_SHARE + _MORE * (basis.shape[1] // 2 - 1) for basis in bases]
    return np.concatenate(bases, axis=1), tuple(begins.tolist()), np.array(shares)


@dataclass(slots=True)
class Tones:
    """Streams int16 samples of one channel into whether a tone sounds, every hop.

    It is sure some 70 ms after a tone has begun, and lets go some 30 ms after its end. A run of
    ``_SURE`` hops holds just one of every ``_SURE``th hops of the stream, so the others are looked
    at only around one of these that is pure: the answer is the same, at a quarter of the cost.
    """

    _tail: npt.NDArray[np.int16] = field(init=False, repr=False)
    """What the next hop still needs: the windows of the hops before it and a broken hop."""
    _hop: int = field(init=False, repr=False)
    """Hops heard until now."""

    def __post_init__(self) -> None:
        """Start before the first sample."""
        self.reset()

    def reset(self) -> None:
        """Forget everything; the time before the stream was digital silence."""
        self._tail = np.zeros(_BEFORE * HOP, dtype=np.int16)
        self._hop = 0

    def feed(self, pcm: npt.NDArray[np.int16]) -> BoolArray:
        """Take int16 samples, shape [n]; tell of every hop they complete, [hops]."""
        samples = np.concatenate((self._tail, pcm))
        hops = len(samples) // HOP - _BEFORE
        self._tail = samples[hops * HOP :].copy()
        first, self._hop = self._hop - (_SURE - 1), self._hop + hops
        if (
            not hops
            or max(int(samples.max()), -int(samples.min())) <= _LEAST_PEAK
            or not _pure(samples[-(first + 1) % _SURE * HOP :], _SURE).any()
        ):
            return np.zeros(hops, dtype=np.bool_)
        pure = _pure(samples, 1)
        runs = np.stack([pure[ago : ago + hops] for ago in range(_SURE)])
        return np.asarray(runs.all(axis=0))


def _pure(samples: npt.NDArray[np.int16], every: int) -> BoolArray:
    """Whether a window holds a tone and next to nothing else; one begins at every so many hops."""
    waves, begins, shares = _fits()
    count, step = (len(samples) - WINDOW) // (every * HOP) + 1, samples.itemsize
    windows = np.ndarray((count, WINDOW), np.int16, samples, 0, (every * HOP * step, step))
    x = windows.astype(np.float64)
    energy = (x * x) @ _WEIGHT / 1_024
    loud = energy > _LEAST
    if not loud.any():
        return loud
    fitted = (x @ waves / _WHOLE) ** 2
    tone = (np.add.reduceat(fitted, begins, axis=1) / shares).max(axis=1)
    pure: BoolArray = loud & (tone > energy)
    return pure

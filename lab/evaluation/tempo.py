"""Time-scale modification: speech made faster or slower, as a whole or in parts, pitch kept.

Overlapping windows are taken from where the sound goes on most like the last one (WSOLA, Verhelst
and Roelands 1993).
"""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from firmware_py.core.types import RATE
from lab.evaluation.sounds import Sound

_WINDOW = 640
_SEARCH = 160
"""Samples by which a window may be moved either way: a period of 100 Hz."""

Times = npt.NDArray[np.float64]


def paced(sound: Sound, rate: float) -> Sound:
    """Speech at ``rate`` times its pace."""
    return warped(sound, len(sound) / RATE / rate, lambda second: second * rate)


def held(sound: Sound, start: float, end: float, more_s: float) -> Sound:
    """Speech whose stretch from ``start`` to ``end`` (seconds) lasts ``more_s`` seconds longer."""
    old, new = [0, start, end, len(sound) / RATE], np.array([0, start, end, len(sound) / RATE])
    new[2:] += more_s
    return warped(sound, new[-1], lambda second: float(np.interp(second, new, old)))


def warped(sound: Sound, seconds: float, source: Callable[[float], float]) -> Sound:
    """Speech of another length; ``source`` gives the second of the old that is heard in the new."""
    half, shape = _WINDOW // 2, np.hanning(_WINDOW + 1)[:-1]
    padded = np.pad(sound, (half, 2 * _WINDOW))
    out = np.zeros(round(seconds * RATE) + 2 * _WINDOW)
    at = 0
    for place in range(0, round(seconds * RATE) + half, half):
        wanted = min(round(source(place / RATE) * RATE), len(sound))
        if place:
            low = max(0, wanted - _SEARCH)
            follow = padded[at + half : at + half + _WINDOW]
            region = padded[low : wanted + _SEARCH + _WINDOW]
            at = low + _most_alike(region, follow)
        out[place : place + _WINDOW] += padded[at : at + _WINDOW] * shape
    return out[half : half + round(seconds * RATE)]


def _most_alike(region: Sound, follow: Sound) -> int:
    """Offset in the region at which it resembles the other sound most, whatever its loudness."""
    likeness = np.correlate(region, follow, "valid")
    total = np.cumsum(np.pad(region**2, (1, 0)))
    energy = total[len(follow) :] - total[: -len(follow)]
    return int((likeness / np.sqrt(energy + 1e-6)).argmax())

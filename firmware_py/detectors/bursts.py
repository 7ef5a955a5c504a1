"""Bursts in the high one of two bands: how many, how long, how bright."""

from dataclasses import dataclass
from math import log10
from statistics import median

import numpy as np
import numpy.typing as npt

from firmware_py.core.types import HOPS_PER_SECOND, FloatArray

_SMOOTH = 6
"""Hops over which the high band is averaged before bursts are sought in it."""
_SHORTEST, _JOINED = 4, 10
"""Hops: a shorter burst is none; bursts with a shorter gap are one."""


@dataclass(frozen=True, slots=True)
class Bursts:
    """What a window of the high band consists of."""

    rate_hz: float
    length_s: float
    """Median length."""
    duty: float
    """Share of the window that is burst."""
    range_db: float
    """From the quiet of the window to its loud parts."""
    brightness_db: float
    """Median over the bursts: power over 1.5 kHz against that under it."""
    first: int
    """Hop of the window in which the first of them begins."""


NONE = Bursts(0.0, 0.0, 0.0, 0.0, 0.0, 0)


def measure_bursts(power: FloatArray) -> Bursts:
    """Find the bursts in the high one of two bands; power [hops, 2]."""
    if len(power) < 2 * _SMOOTH:
        return NONE
    low, high = power.T
    level = 10 * np.log10(high)
    smooth = np.convolve(level, np.full(_SMOOTH, 1 / _SMOOTH), "valid")
    # np.percentile, and np.median below, give the same and take four times as long.
    quiet, loud = np.interp((0.15, 0.95), np.linspace(0, 1, len(smooth)), np.sort(smooth))
    if loud - quiet < 1.0:
        return NONE
    active = smooth > (quiet + loud) / 2
    edges = np.flatnonzero(np.diff(active, prepend=False, append=False))
    begins, ends = edges[::2], edges[1::2]
    apart = begins[1:] - ends[:-1] >= _JOINED
    begins, ends = begins[np.append(True, apart)], ends[np.append(apart, True)]
    long = ends - begins >= _SHORTEST
    lengths = (ends - begins)[long]
    return Bursts(
        rate_hz=len(lengths) / len(power) * HOPS_PER_SECOND,
        length_s=median(lengths.tolist()) / HOPS_PER_SECOND if len(lengths) else 0.0,
        duty=float(active.mean()),
        range_db=float(loud - quiet),
        brightness_db=_brightness(low, high, begins, ends),
        first=int(begins[long.argmax()]),
    )


def _brightness(
    low: FloatArray, high: FloatArray, begins: npt.NDArray[np.intp], ends: npt.NDArray[np.intp]
) -> float:
    """Median over the bursts of the high band's power over the low one's, in dB."""
    edges = np.stack([begins, ends + _SMOOTH - 1], axis=1).ravel()
    edges = np.minimum(edges, len(high) - 1)
    ratio = np.add.reduceat(high, edges)[::2] / np.add.reduceat(low, edges)[::2]
    return 10 * log10(median(ratio.tolist())) if len(ratio) else 0.0

"""Bursts in the high one of two bands: how many, how long, how bright."""

from dataclasses import dataclass
from math import log10
from statistics import median
from typing import Final

import numpy as np
import numpy.typing as npt

from firmware_py.core.types import HOPS_PER_SECOND, BoolArray, FloatArray

Levels = npt.NDArray[np.floating]
Edges = npt.NDArray[np.intp]

SMOOTH: Final = 6
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


@dataclass(frozen=True, slots=True)
class Envelope:
    """The level of a high band, and the bursts in it."""

    level: Levels
    """dB, [hops]."""
    smooth: Levels
    """The same, averaged over ``SMOOTH`` hops."""
    quiet: float
    loud: float
    """Smooth levels of the quiet and of the loud parts."""
    active: BoolArray
    """Where the smooth level is over the middle of these."""
    begins: Edges
    ends: Edges
    """Of each burst, in hops of the smooth level."""
    long: BoolArray
    """Which of them are long enough to be one."""


def find_bursts(power: Levels) -> Envelope | None:
    """Find the bursts in the power of a high band, [hops]; None where it hardly rises and falls."""
    level = 10 * np.log10(power)
    smooth = np.convolve(level, np.full(SMOOTH, 1 / SMOOTH), "valid")
    # np.percentile gives the same and takes four times as long.
    quiet, loud = np.interp((0.15, 0.95), np.linspace(0, 1, len(smooth)), np.sort(smooth))
    if loud - quiet < 1.0:
        return None
    active = smooth > (quiet + loud) / 2
    edges = np.flatnonzero(np.diff(active, prepend=False, append=False))
    begins, ends = edges[::2], edges[1::2]
    apart = begins[1:] - ends[:-1] >= _JOINED
    begins, ends = begins[np.append(True, apart)], ends[np.append(apart, True)]
    long = ends - begins >= _SHORTEST
    return Envelope(level, smooth, float(quiet), float(loud), active, begins, ends, long)


def measure_bursts(power: FloatArray) -> Bursts:
    """Measure the bursts in the high one of two bands; power [hops, 2]."""
    low, high = power.T
    found = find_bursts(high) if len(power) >= 2 * SMOOTH else None
    if found is None:
        return NONE
    lengths = (found.ends - found.begins)[found.long]
    return Bursts(
        rate_hz=len(lengths) / len(power) * HOPS_PER_SECOND,
        # np.median gives the same and takes four times as long.
        length_s=median(lengths.tolist()) / HOPS_PER_SECOND if len(lengths) else 0.0,
        duty=float(found.active.mean()),
        range_db=found.loud - found.quiet,
        brightness_db=_brightness(low, high, found.begins, found.ends),
        first=int(found.begins[found.long.argmax()]),
    )


def _brightness(low: FloatArray, high: FloatArray, begins: Edges, ends: Edges) -> float:
    """Median over the bursts of the high band's power over the low one's, in dB."""
    edges = np.stack([begins, ends + SMOOTH - 1], axis=1).ravel()
    edges = np.minimum(edges, len(high) - 1)
    ratio = np.add.reduceat(high, edges)[::2] / np.add.reduceat(low, edges)[::2]
    return 10 * log10(median(ratio.tolist())) if len(ratio) else 0.0

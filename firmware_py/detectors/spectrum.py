"""Broad bands of the agent's log-mel picture: the colour of a sound, for detectors."""

from typing import Final

import numpy as np

from firmware_py.hearing.mel import BANDS, HIGHEST_HZ, LOWEST_HZ
from firmware_py.types import FloatArray

_LOWEST, _HIGHEST = (2595.0 * np.log10(1.0 + hz / 700.0) for hz in (LOWEST_HZ, HIGHEST_HZ))
CENTRES_HZ: Final = 700.0 * (
    10.0 ** (np.linspace(_LOWEST, _HIGHEST, BANDS + 2)[1:-1] / 2595.0) - 1.0
)
"""Centre frequency of every mel band, in Hz."""


def bands_between(lowest_hz: float, highest_hz: float) -> tuple[int, int]:
    """Return the range of mel bands centred between two frequencies; the last band stays out."""
    first, last = np.searchsorted(CENTRES_HZ, (lowest_hz, highest_hz))
    return int(first), int(last)


def band_db(mel: FloatArray, low: tuple[int, int], high: tuple[int, int]) -> list[list[float]]:
    """Power in dB of two broad bands, per hop: log-mel [hops, 40] -> hops lists of two."""
    sums = np.add.reduceat(np.exp(mel), (*low, *high), axis=1)[:, ::2]
    rows: list[list[float]] = (10.0 * np.log10(sums)).tolist()
    return rows

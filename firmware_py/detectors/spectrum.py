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


def band_edges(*edges_hz: float) -> tuple[int, ...]:
    """Indices of the first mel band centred at or over each frequency, the last one excluded."""
    return tuple(int(edge) for edge in np.searchsorted(CENTRES_HZ, edges_hz))


def band_powers(mel: FloatArray, edges: tuple[int, ...]) -> FloatArray:
    """Power between each edge and the next: log-mel [hops, 40] -> [hops, edges - 1]."""
    return np.add.reduceat(np.exp(mel), edges, axis=1)[:, :-1]

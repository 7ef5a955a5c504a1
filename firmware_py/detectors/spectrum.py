"""Broad bands of the agent's log-mel picture: the colour of a sound, for detectors."""

import numpy as np

from firmware_py.core.types import FloatArray
from firmware_py.hearing.mel import CENTRES_HZ


def band_edges(*edges_hz: float) -> tuple[int, ...]:
    """Indices of the first mel band centred at or over each frequency, the last one excluded."""
    return tuple(int(edge) for edge in np.searchsorted(CENTRES_HZ, edges_hz))


def band_powers(mel: FloatArray, edges: tuple[int, ...]) -> FloatArray:
    """Power between each edge and the next: log-mel [hops, 40] -> [hops, edges - 1]."""
    return np.add.reduceat(np.exp(mel), edges, axis=1)[:, :-1]

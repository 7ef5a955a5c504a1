"""Levels: how loud each channel is, every 10 ms."""

from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt

from firmware_py.core.types import HOP, FloatArray, PcmArray

SILENCE_DB: Final = -100.0
"""Level of digital silence, and the least level there is."""
ALMOST_SILENT_DB: Final = -99.9
"""Level of a hop with next to nothing in it: a few samples off zero."""
_ANY_ENERGY: Final = 0.3
"""Of a single sample off zero by one, less what the cubic takes of it."""
_FULL_ENERGY_DB: Final = 10 * np.log10(HOP * 32768.0**2)
_LEAST_ENERGY: Final = 10 ** ((_FULL_ENERGY_DB + SILENCE_DB) / 10)


def _drift_basis() -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Orthogonal polynomials of degree 0 to 3 over one hop, [HOP, 4], and 1 / their energies."""
    t = np.arange(1 - HOP, HOP, 2, dtype=np.float64)
    square = (HOP**2 - 1) // 3
    basis = np.stack([np.ones(HOP), t, t**2 - square, 5 * t**3 - (3 * HOP**2 - 7) * t], axis=1)
    return basis, np.asarray(1.0 / (basis**2).sum(axis=0))


_DRIFT, _PER_ENERGY = _drift_basis()


@dataclass(slots=True)
class Levels:
    """Streaming RMS level in dBFS per hop and channel, blind to DC and mains hum.

    From every hop the best-fitting cubic is taken away before its energy is measured: that removes
    DC, drift and 50 Hz hum (by 34 dB) without a filter's memory, and leaves what a telephone line
    carries (above about 200 Hz) as it is. A full-scale square wave has 0 dBFS, a sine -3 dBFS.
    """

    _rest: PcmArray = field(
        init=False, repr=False, default_factory=lambda: np.zeros((0, 2), dtype=np.int16)
    )

    def feed(self, pcm: PcmArray) -> FloatArray:
        """Take int16 samples [n, 2]; return the level of every hop they complete, [hops, 2]."""
        if len(self._rest):
            pcm = np.concatenate([self._rest, pcm])
        hops = len(pcm) // HOP
        self._rest = pcm[hops * HOP :].copy()
        return measure(pcm[: hops * HOP])

    def reset(self) -> None:
        """Forget the samples of an unfinished hop."""
        self._rest = np.zeros((0, 2), dtype=np.int16)


def measure(pcm: PcmArray) -> FloatArray:
    """Level in dBFS of whole hops: int16 [hops * HOP, 2] -> float32 [hops, 2]."""
    # Samples and polynomials are whole numbers, so these products are exact in float64 and do not
    # depend on how many hops are measured at once.
    x = np.ascontiguousarray(pcm.T, dtype=np.float64).reshape(-1, HOP)
    drift = x @ _DRIFT
    energy = np.einsum("rn,rn->r", x, x) - (drift * drift * _PER_ENERGY).sum(axis=1)
    level = 10 * np.log10(np.maximum(energy, _LEAST_ENERGY)) - _FULL_ENERGY_DB
    level = np.where(energy > _ANY_ENERGY, np.maximum(level, ALMOST_SILENT_DB), level)
    return np.ascontiguousarray(level.reshape(2, -1).T, dtype=np.float32)
